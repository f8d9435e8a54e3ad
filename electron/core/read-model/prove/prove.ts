import type { Column } from '../../../../shared/model/read-model.ts';
import { isFailure } from '../../../../shared/model/failure.ts';
import type { ReadonlySession, Sql } from '../../postgres/session.ts';
import { fill } from '../../sql-text/fill.ts';
import { describeWith } from '../propose/derive/describe-with.ts';
import { compareRows, type DifferingRow } from './compare-rows.ts';
import { parameterSet } from './parameter-set.ts';
import { overDefinition, readOneSelect, withoutLimit } from './select-text.ts';

export interface ProveInput {
  readonly session: ReadonlySession;
  /** The culprit as it is known, with `$n` or constants. */
  readonly originalSql: string;
  readonly definitionSql: string;
  readonly rewrittenSql: string;
  readonly stableName: { readonly schema: string; readonly name: string };
  /** '$1' -> SQL literal, for every parameter; each set is one comparison. Frozen parameters have their frozen values. */
  readonly parameterSets: readonly Readonly<Record<string, string>>[];
  /** For each statement of a proof. */
  readonly timeoutMs: number;
}

/** What one parameter set showed. */
export type Proof =
  | {
      readonly result: 'equal';
      /** Rows on each side. An equal nothing says little. */
      readonly rows: number;
      /** Equal but for rows that tie at the LIMIT, which PostgreSQL picks as it likes. */
      readonly tiesAtLimit: boolean;
    }
  | { readonly result: 'different'; readonly why: string; readonly rows: readonly DifferingRow[] }
  | { readonly result: 'timed_out'; readonly timeoutMs: number };

/** Differing rows that are shown. */
const shownRows = 10;

/**
 * Runs the culprit and its rewriting over the definition for each parameter set, both in one statement of a REPEATABLE
 * READ snapshot, and compares the results as multisets, value for value as the server prints them. Creates nothing.
 * Stops at the first set that differs or runs out of time. Throws `statement_refused` for what is no SELECT,
 * `invalid_input` for values, what the server refuses, and `cancelled` when the session is.
 */
export async function prove(input: ProveInput): Promise<Proof[]> {
  const { rewrittenSql, definitionSql, stableName, originalSql, parameterSets } = input;
  const original = await readOneSelect(originalSql);
  const rewritten = await readOneSelect(await overDefinition(rewrittenSql, definitionSql, stableName));
  const proofs: Proof[] = [];
  for (const values of parameterSets) {
    const parameters = await parameterSet(original, values);
    const proof = await inSnapshot(input, async (sql) => {
      const [version] = await sql.query<{ number: number }>(
        `select current_setting('server_version_num')::int as number`,
      );
      const options = { ...parameters, versionNumber: version?.number ?? 0 };
      return compare(sql, fill(original, options), fill(rewritten, options));
    });
    proofs.push(proof);
    if (proof.result !== 'equal') break;
  }
  return proofs;
}

async function inSnapshot({ session, timeoutMs }: ProveInput, work: (sql: Sql) => Promise<Proof>): Promise<Proof> {
  try {
    return await session.snapshot(async (sql) => {
      // The parser read backslashes as the standard says; the server must do the same.
      await sql.query(
        `select set_config('statement_timeout', $1, true), set_config('standard_conforming_strings', 'on', true)`,
        [String(timeoutMs)],
      );
      return work(sql);
    });
  } catch (error) {
    // A person's cancelling has the same SQLSTATE; only the server's own clock can be tried again.
    const timedOut = isFailure(error) && error.value.sqlstate === '57014' && error.value.retryable;
    if (timedOut) return { result: 'timed_out', timeoutMs };
    throw error;
  }
}

async function compare(sql: Sql, originalSql: string, rewrittenSql: string): Promise<Proof> {
  const describe = describeWith(sql);
  const [original, rewritten] = [printed(await describe(originalSql)), printed(await describe(rewrittenSql))];
  if (original !== rewritten) {
    return { result: 'different', why: `The columns differ: ${original} and ${rewritten}.`, rows: [] };
  }
  const compared = await compareRows(sql, originalSql, rewrittenSql, shownRows);
  const { originalRows, rewrittenRows, differing } = compared;
  if (differing.length === 0) return { result: 'equal', rows: originalRows, tiesAtLimit: false };
  const [unlimited, unlimitedRewritten] = [await withoutLimit(originalSql), await withoutLimit(rewrittenSql)];
  if (unlimited !== null && unlimitedRewritten !== null && originalRows === rewrittenRows) {
    const all = await compareRows(sql, unlimited, unlimitedRewritten, shownRows);
    if (all.differing.length === 0) return { result: 'equal', rows: originalRows, tiesAtLimit: true };
  }
  return {
    result: 'different',
    why: `The culprit returns ${originalRows} rows and its rewriting ${rewrittenRows}, and they are not the same.`,
    rows: differing,
  };
}

const printed = (columns: readonly Column[]): string => columns.map(({ name, type }) => `${name} ${type}`).join(', ');
