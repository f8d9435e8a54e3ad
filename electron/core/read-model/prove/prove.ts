import { isFailure } from '../../../../shared/model/failure.ts';
import type { ComparisonOutcome, ParameterSet } from '../../../../shared/model/proof.ts';
import { setSearchPath } from '../../postgres/queries/planner-search-path.ts';
import type { ReadonlySession, Sql } from '../../postgres/session.ts';
import { fill } from '../../sql-text/fill.ts';
import { compareQueries } from './compare-queries.ts';
import { literalsOf } from './parameter-literals.ts';
import { beside, overDefinition, readOneSelect, readsAsOf } from './select-text.ts';

export interface ProveInput {
  readonly session: ReadonlySession;
  /** The culprit as it is known, with `$n` or constants. */
  readonly originalSql: string;
  readonly definitionSql: string;
  readonly rewrittenSql: string;
  readonly stableName: { readonly schema: string; readonly name: string };
  /** Values for every parameter; each set is one comparison. Frozen parameters have their frozen values. */
  readonly parameterSets: readonly ParameterSet[];
  /** For each statement of a proof. */
  readonly timeoutMs: number;
  /** In which the culprit's tables are found; left out or null, in that of the session. */
  readonly searchPath?: string | null;
  /** Called as soon as a set was compared. */
  readonly onCompared?: (outcome: ComparisonOutcome) => void;
}

/**
 * Runs the culprit and its rewriting over the definition for each parameter set, both in one statement of a REPEATABLE
 * READ snapshot, and compares the results as multisets, value for value as the server prints them. Creates nothing.
 * Stops at the first set that differs or runs out of time. Throws `statement_refused` for what is no SELECT,
 * `invalid_input` for values, what the server refuses, and `cancelled` when the session is.
 */
export async function prove(input: ProveInput): Promise<ComparisonOutcome[]> {
  const { rewrittenSql, definitionSql, stableName, originalSql, parameterSets, onCompared } = input;
  const original = await readOneSelect(originalSql);
  const rewritten = await readOneSelect(await overDefinition(rewrittenSql, definitionSql, stableName));
  const aged = await readsAsOf(rewrittenSql);
  const outcomes: ComparisonOutcome[] = [];
  for (const values of parameterSets) {
    const parameters = await literalsOf(original, values);
    const outcome = await inSnapshot(input, async (sql) => {
      const [version] = await sql.query<{ number: number }>(
        `select current_setting('server_version_num')::int as number`,
      );
      const options = { ...parameters, versionNumber: version?.number ?? 0 };
      return compareQueries(sql, beside(fill(original, options), aged), fill(rewritten, options), aged);
    });
    outcomes.push(outcome);
    onCompared?.(outcome);
    if (outcome.result !== 'equal') break;
  }
  return outcomes;
}

async function inSnapshot(
  { session, timeoutMs, searchPath = null }: ProveInput,
  work: (sql: Sql) => Promise<ComparisonOutcome>,
): Promise<ComparisonOutcome> {
  try {
    return await session.snapshot(async (sql) => {
      // The parser read backslashes as the standard says; the server must do the same.
      await sql.query(
        `select set_config('statement_timeout', $1, true), set_config('standard_conforming_strings', 'on', true)`,
        [String(timeoutMs)],
      );
      if (searchPath !== null) await setSearchPath(sql, searchPath);
      return work(sql);
    });
  } catch (error) {
    // A person's cancelling has the same SQLSTATE; only the server's own clock can be tried again.
    const timedOut = isFailure(error) && error.value.sqlstate === '57014' && error.value.retryable;
    if (timedOut) return { result: 'timed_out', timeoutMs };
    throw error;
  }
}
