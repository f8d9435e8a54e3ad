import { constantsOfSample } from '../../explain/restore-constants.ts';
import { literalsFromStatistics, type StatisticsChoice } from '../../explain/statistics-literals.ts';
import type { Sql } from '../../postgres/session.ts';
import { readComparisons } from '../../sql-text/comparisons.ts';
import { bodyOf, type ParsedText } from '../../sql-text/statement.ts';
import { unwrap } from '../../sql-text/tree.ts';
import { unifyParameters } from '../../sql-text/unify.ts';
import type { ParameterSet } from '../../../../shared/model/proof.ts';

/** More of them make a proof longer, and hardly surer. */
const mostSets = 6;
/** Of those that were sent: one morning's often differ in nothing that matters. */
const mostSent = 3;

export interface SampledSetsInput {
  /** In a transaction whose search_path finds the statement's tables. */
  readonly sql: Sql;
  readonly statement: ParsedText;
  /** Number of a parameter -> its literal, as far as it was restored. */
  readonly known: ReadonlyMap<number, string>;
  /** As pg_stat_activity showed the statement, the newest first. */
  readonly samples: readonly string[];
  /** track_activity_query_size. */
  readonly sampleLimitBytes: number;
}

/**
 * Parameter sets to prove with: the restored constants, those of other samples, then values that the columns hold by
 * the planner's statistics, all at once and one at a time, so that a proof does not rest on one morning. Each has a value
 * for every parameter; at most six, all different. None where a value cannot be told.
 */
export async function sampledSets(input: SampledSetsInput): Promise<ParameterSet[]> {
  const { sql, statement, known, samples, sampleLimitBytes } = input;
  const sets = new Map<string, ParameterSet>();
  const add = (literals: ReadonlyMap<number, string>, most = mostSets): void => {
    const set = wholeSet(statement, new Map([...known, ...literals]));
    const key = set === null ? '' : JSON.stringify(Object.values(set).map(withoutType));
    if (set !== null && sets.size < most && !sets.has(key)) sets.set(key, set);
  };
  add(known);
  for (const sample of samples) add(await constantsOfSample(statement, sample, sampleLimitBytes), mostSent);
  const { comparisons } = readComparisons(statement.tree);
  const wanted = new Set(statement.parameters.map(({ number }) => number));
  const byChoice = new Map<StatisticsChoice, ReadonlyMap<number, string>>();
  for (const choice of ['usual', 'early', 'late'] satisfies StatisticsChoice[]) {
    const found = new Map([
      ...(await literalsFromStatistics(sql, comparisons, wanted, choice)),
      ...otherLimit(statement, choice),
    ]);
    byChoice.set(choice, found);
    add(found);
  }
  for (const choice of ['early', 'late', 'usual'] satisfies StatisticsChoice[]) {
    for (const one of byChoice.get(choice) ?? []) add(new Map([one]));
  }
  return [...sets.values()];
}

/** Where the outermost LIMIT is a parameter: fewer rows, and more. */
function otherLimit(statement: ParsedText, choice: StatisticsChoice): [number, string][] {
  const limit = unwrap(bodyOf(statement)['limitCount'], 'ParamRef');
  if (limit === null || choice === 'usual') return [];
  return [[Number(limit['number']), choice === 'early' ? '1' : '1000']];
}

/** `'DACH'::text` of the statistics is the `'DACH'` that was sent. */
const withoutType = (literal: string): string => literal.replace(/('|\d)::[\w ]+(\(\d+(,\d+)?\))?$/, '$1');

/** null where a parameter has no value. Those that stand for one constant share it. */
function wholeSet(statement: ParsedText, literals: ReadonlyMap<number, string>): ParameterSet | null {
  const { roots, literals: standing } = unifyParameters(statement.tree);
  const rootOf = (number: number): number => roots.get(number) ?? number;
  const byRoot = new Map([...literals, ...standing].map(([number, literal]) => [rootOf(number), literal]));
  const set: Record<string, string> = {};
  for (const { number } of statement.parameters) {
    const literal = byRoot.get(rootOf(number));
    if (literal === undefined) return null;
    set[`$${number}`] = literal;
  }
  return set;
}

/** The sets with what the definition has frozen in place of what they say; those that are the same then, once. */
export function withFrozen(
  statement: ParsedText,
  sets: readonly ParameterSet[],
  frozen: readonly { readonly name: string; readonly literal: string }[],
): ParameterSet[] {
  const { roots } = unifyParameters(statement.tree);
  const rootOf = (number: number): number => roots.get(number) ?? number;
  const held = new Map(frozen.map(({ name, literal }) => [rootOf(Number(name.slice(1))), literal]));
  const kept = sets.map((set) =>
    Object.fromEntries(
      Object.entries(set).map(([name, literal]) => [name, held.get(rootOf(Number(name.slice(1)))) ?? literal]),
    ),
  );
  return [...new Map(kept.map((set) => [JSON.stringify(set), set])).values()];
}
