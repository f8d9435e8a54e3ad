import type { ActivityRow, ActivitySample, StatementKey } from '../../../shared/model/sampling.ts';

/** The statement behind a cursor, as it was declared. */
interface Declared {
  readonly query: string;
  readonly queryid: string | null;
}

/** A statement of the statistics, for those DECLAREs that no sample ever met. */
export interface KnownStatement {
  readonly key: StatementKey | null;
  readonly text: string | null;
  readonly fingerprint: string;
}

const name = String.raw`("(?:[^"]|"")+"|[a-z_\u0080-\uffff][\w$\u0080-\uffff]*)`;
const comments = /\/\*[\s\S]*?\*\/|--[^\n]*/g;
const declaring = new RegExp(String.raw`^\s*declare\s+${name}\s[^;]*?\bcursor\b[^;]*?\bfor\b`, 'i');
/** The name is the last word: FETCH [direction] [FROM | IN] name. */
const fetching = new RegExp(String.raw`^\s*(?:fetch|move)\b[^;]*?(?:^|\s)${name}\s*;?\s*$`, 'i');

/** Unquoted names are folded by the server; only ASCII letters, which is what names of cursors are made of. */
const folded = (found: string | undefined): string | null =>
  found === undefined ? null : found.startsWith('"') ? found.slice(1, -1).replaceAll('""', '"') : found.toLowerCase();
const nameIn = (pattern: RegExp, text: string): string | null => {
  // Most statements are neither: no slow expression looks at them.
  if (!/\b(?:declare|fetch|move)\b/i.test(text.slice(0, 2_000))) return null;
  return folded(pattern.exec(text.replace(comments, ' '))?.[1]);
};

/** Name of the cursor that the text declares, or null. */
export const declaredCursor = (text: string): string | null => nameIn(declaring, text);
/** Name of the cursor that the text fetches from or moves, or null. */
export const fetchedCursor = (text: string): string | null => nameIn(fetching, text);

/** Cursors that are remembered; a client that names each one anew must not fill the memory. */
const rememberAtMost = 2_000;
/** How long the statistics are taken as read, ms. */
const knownForMs = 10 * 60_000;

/**
 * A report that is read through a cursor runs under `FETCH 1000 FROM c`. Its sampled text, and its queryid, become those
 * of the DECLARE: of the same transaction where that was sampled, and otherwise of the one statement of that role and
 * database in the statistics that declares a cursor of this name. Where several do, the row stays as it is.
 */
export class Cursors {
  readonly #statements: () => Promise<readonly KnownStatement[]>;
  readonly #sampled = new Map<string, Declared>();
  #known: { readonly atMs: number; readonly byName: ReadonlyMap<string, Declared | null> } | null = null;

  constructor(statements: () => Promise<readonly KnownStatement[]>) {
    this.#statements = statements;
  }

  async named(sample: ActivitySample): Promise<ActivitySample> {
    const rows: ActivityRow[] = [];
    for (const row of sample.rows) rows.push(await this.#namedRow(row, sample.atMs));
    return { ...sample, rows };
  }

  async #namedRow(row: ActivityRow, atMs: number): Promise<ActivityRow> {
    const declared = declaredCursor(row.query);
    if (declared !== null) this.#remember(inTransaction(row, declared), { query: row.query, queryid: row.queryid });
    const fetched = declared === null ? fetchedCursor(row.query) : null;
    if (fetched === null) return row;
    const found = this.#sampled.get(inTransaction(row, fetched)) ?? (await this.#declaredBy(row, fetched, atMs));
    return found == null ? row : { ...row, query: found.query, queryid: found.queryid };
  }

  #remember(key: string, declared: Declared): void {
    this.#sampled.delete(key);
    this.#sampled.set(key, declared);
    if (this.#sampled.size > rememberAtMost) this.#sampled.delete(this.#sampled.keys().next().value ?? '');
  }

  async #declaredBy(row: ActivityRow, cursor: string, atMs: number): Promise<Declared | null> {
    if (this.#known === null || Math.abs(atMs - this.#known.atMs) > knownForMs) {
      this.#known = { atMs, byName: declarations(await this.#statements()) };
    }
    return this.#known.byName.get(`${row.databaseOid}/${row.roleOid}/${cursor}`) ?? null;
  }
}

const inTransaction = ({ pid, xactStartMs }: ActivityRow, cursor: string): string => `${pid}/${xactStartMs}/${cursor}`;

/** Up to 15 the constants of a DECLARE are not normalized: texts of one fingerprint are one statement. null: several. */
function declarations(statements: readonly KnownStatement[]): ReadonlyMap<string, Declared | null> {
  const found = new Map<string, Declared | null>();
  const prints = new Map<string, string>();
  for (const { key, text, fingerprint } of statements) {
    const cursor = key === null || text === null ? null : declaredCursor(text);
    if (key === null || text === null || cursor === null) continue;
    const place = `${key.databaseOid}/${key.roleOid}/${cursor}`;
    const other = prints.get(place);
    prints.set(place, fingerprint);
    found.set(place, other !== undefined && other !== fingerprint ? null : { query: text, queryid: key.queryid });
    if (found.get(place) === null) prints.set(place, '');
  }
  return found;
}
