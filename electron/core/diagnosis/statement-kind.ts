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
const tag = /([\w.%-]+)\s*=\s*'((?:[^'\\]|\\.)*)'/g;

const control =
  /^(begin|start\s+transaction|commit|end|rollback|abort|savepoint|release|set|reset|show|discard|deallocate|prepare|listen|unlisten|notify|close|declare)\b/;
const maintenance =
  /^(autovacuum|vacuum|analyze|create|drop|alter|reindex|cluster|checkpoint|truncate|comment|grant|revoke|lock|base_backup)\b/;
const monitoring = /\bpg_(stat_|statio_|locks\b|blocking_pids\b|settings\b|control_|ls_)/;
const aggregation =
  /\bgroup\s+by\b|\bselect\s+distinct\b|\bover\s*\(|\b(count|sum|avg|min|max|stddev\w*|variance|var_\w+|array_agg|string_agg|jsonb?_agg|percentile_\w+|bool_(and|or)|every)\s*\(/;

/** Reads the text only as far as classes need it; a sampled text may be cut anywhere. */
export function readStatementText(text: string | null): StatementText {
  if (text === null || text.trim() === '' || isHiddenText(text)) {
    return { kind: 'unknown', aggregates: false, tags: new Map() };
  }
  const bare = text
    .replace(literal, "''")
    .replace(comment, ' ')
    .trim()
    .replace(/^\(+\s*/, '')
    .toLowerCase();
  return { kind: kindOf(bare), aggregates: aggregation.test(bare), tags: readTags(text) };
}

/** What pg_stat_activity and pg_stat_statements show to a role without pg_read_all_stats. */
export const isHiddenText = (text: string): boolean => text.trim() === '<insufficient privilege>';

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
