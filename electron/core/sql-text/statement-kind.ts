/** What a statement's text says that it does. */
export type StatementKind =
  | 'read'
  | 'write'
  | 'locking_read'
  | 'refresh'
  | 'copy_in'
  | 'maintenance'
  | 'monitoring'
  /** BEGIN, COMMIT, SET ...: part of every transaction, and no work of its own. */
  | 'control'
  /** CALL, DO, EXECUTE, or no text at all. */
  | 'unknown';

export interface StatementText {
  readonly kind: StatementKind;
  /** It groups, aggregates or uses window functions. */
  readonly aggregates: boolean;
  /** sqlcommenter tags: key='value' pairs of its comments, decoded. https://google.github.io/sqlcommenter/spec/ */
  readonly tags: ReadonlyMap<string, string>;
}

const comment = /\/\*[\s\S]*?\*\/|--[^\n]*/g;
const literal = /'(?:[^']|'')*'|\$([a-z_]*)\$[\s\S]*?\$\1\$/gi;
const tag = /(?<![\w.%-])([\w.%-]{1,100})\s*=\s*'((?:[^'\\]|\\.)*)'/g;

const control =
  /^(begin|start\s+transaction|commit|end|rollback|abort|savepoint|release|set|reset|show|discard|deallocate|prepare|listen|unlisten|notify|close|declare)\b/;
const maintenance =
  /^(autovacuum|vacuum|analyze|create|drop|alter|reindex|cluster|checkpoint|truncate|comment|grant|revoke|lock|base_backup)\b/;
const monitoring = /\bpg_(stat_|statio_|locks\b|blocking_pids\b|settings\b|control_|ls_)/;
const aggregation =
  /\bgroup\s+by\b|\bselect\s+distinct\b|\bover\s*\(|\b(count|sum|avg|min|max|stddev\w*|variance|var_\w+|array_agg|string_agg|jsonb?_agg|percentile_\w+|bool_(and|or)|every)\s*\(/;

/**
 * Of longer texts the beginning and the end are read: what a statement is stands at its beginning, sqlcommenter's tags
 * at its end, and a list of 7 MB of constants between them would cost a second.
 */
const mostRead = 32_768;
const endRead = 2048;

/** Texts that were read before. Five thousand statements take 100 ms to read, at every look at a window. */
const known = new Map<string, StatementText>();
const mostKnown = 20_000;

/**
 * Reads the text only as far as classes need it; a sampled text may be cut anywhere.
 *
 * @param fingerprint Of the statement; with its length and ends it stands for the text in what is remembered.
 */
export function readStatementText(text: string | null, fingerprint = ''): StatementText {
  if (text === null || isHiddenText(text)) return nothingKnown;
  const key = `${fingerprint} ${text.length} ${text.slice(0, 200)} ${text.slice(-400)}`;
  const before = text.length > 600 && fingerprint === '' ? undefined : known.get(key);
  if (before !== undefined) return before;
  const read = readText(text.length > mostRead ? `${text.slice(0, mostRead)} ${text.slice(-endRead)}` : text);
  if (known.size >= mostKnown) known.clear();
  if (text.length <= 600 || fingerprint !== '') known.set(key, read);
  return read;
}

const nothingKnown: StatementText = { kind: 'unknown', aggregates: false, tags: new Map() };

function readText(text: string): StatementText {
  if (text.trim() === '') return nothingKnown;
  const bare = text
    .replace(literal, "''")
    .replace(comment, ' ')
    .trim()
    .replace(/^\(+\s*/, '')
    .toLowerCase();
  return { kind: kindOf(bare), aggregates: aggregation.test(bare), tags: readTags(text) };
}

/** What pg_stat_activity and pg_stat_statements show to a role without pg_read_all_stats. */
export const isHiddenText = (text: string): boolean => text.length < 100 && text.trim() === '<insufficient privilege>';

function kindOf(bare: string): StatementKind {
  if (control.test(bare)) return 'control';
  if (/^refresh\b/.test(bare)) return 'refresh';
  if (maintenance.test(bare)) {
    return /^create\s+(unlogged\s+|temp\w*\s+)?table\b[\s\S]*\bas\b/.test(bare) ? 'write' : 'maintenance';
  }
  if (/^copy\b/.test(bare)) return /\bfrom\s+(stdin|program|'')/.test(bare) ? 'copy_in' : 'read';
  if (/^(insert|update|delete|merge)\b/.test(bare)) return 'write';
  if (/^explain\b/.test(bare)) return 'read';
  if (/^(select|with|table|values|fetch|move)\b/.test(bare)) {
    if (
      /^with\b/.test(bare) &&
      /\b(insert\s+into|update\s+[\w."]+\s+(as\s+\w+\s+)?set|delete\s+from|merge\s+into)\b/.test(bare)
    ) {
      return 'write';
    }
    if (monitoring.test(bare)) return 'monitoring';
    return /\bfor\s+(no\s+key\s+)?update\b|\bfor\s+(key\s+)?share\b/.test(bare) ? 'locking_read' : 'read';
  }
  return 'unknown';
}

function readTags(text: string): Map<string, string> {
  const tags = new Map<string, string>();
  for (const [block] of text.matchAll(comment)) {
    for (const [, key = '', value = ''] of block.matchAll(tag)) tags.set(decode(key), decode(value));
  }
  return tags;
}

function decode(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replace(/\\'/g, "'"));
  } catch {
    // A lone % in a tag is no reason to lose the statement.
    return encoded;
  }
}
