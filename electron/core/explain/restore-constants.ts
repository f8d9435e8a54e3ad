import { Failure } from '../../../shared/model/failure.ts';
import type { MissingValue, RestoredValue } from '../../../shared/model/explain.ts';
import { readParameterTypes } from '../postgres/queries/explain.ts';
import { cutTextChars } from '../postgres/queries/activity.ts';
import { maxTextChars } from '../postgres/queries/statement-texts.ts';
import type { Sql } from '../postgres/session.ts';
import { addedDays } from '../sql-text/added-days.ts';
import { alignConstants } from '../sql-text/align.ts';
import { readComparisons } from '../sql-text/comparisons.ts';
import { fill, type FillOptions } from '../sql-text/fill.ts';
import { readStatements, type ParsedText } from '../sql-text/statement.ts';
import { unifyParameters } from '../sql-text/unify.ts';
import { parameterContexts } from './parameter-contexts.ts';
import { personsLiterals } from './persons-literals.ts';
import { literalsFromStatistics } from './statistics-literals.ts';

export interface RestoreInput {
  /** In a transaction, with a search_path that finds the statement's tables. */
  readonly sql: Sql;
  /** server_version_num. */
  readonly versionNumber: number;
  /** Normalized text, as pg_stat_statements keeps it. */
  readonly text: string;
  /** Texts of the same statement as pg_stat_activity showed them, the newest first. */
  readonly samples: readonly string[];
  /** track_activity_query_size; a text that reaches it may be cut, and a cut constant looks like a whole one. */
  readonly sampleLimitBytes: number;
  /** '$1' -> SQL literal; wins over everything. */
  readonly values?: Readonly<Record<string, string>>;
  /**
   * False: no values from pg_stats. A typical value stands for one run; where all runs count, a plan that looks at no
   * value says more than one of the most common value, which an index helps the least.
   */
  readonly typicalValues?: boolean;
}

export interface Restored {
  readonly statement: ParsedText;
  /** The statement with the values in it. What is missing stands as `$n`, under the number that it had. */
  readonly sql: string;
  /** By number. */
  readonly values: readonly RestoredValue[];
  /** Parameters without a value, by number; with their types and where they stand. Empty: `sql` can be run as it is. */
  readonly missing: readonly MissingValue[];
}

/**
 * Puts constants back into a normalized text, in the order of the design ("Text that can be run again"): parameters
 * that have to be equal share one value; untruncated samples, read by laying their parse tree over the normalized one;
 * the most common value, or the middle of the histogram, of the column that a parameter is compared with. What is left
 * is for the person. Reads the catalog only. Throws `statement_refused` for a text that cannot be parsed or is not
 * exactly one statement, `invalid_input` for a value of the person that is no literal.
 */
export async function restoreConstants(input: RestoreInput): Promise<Restored> {
  const statement = await readNormalized(input.text);
  const { sql, versionNumber } = input;
  const { roots: unified, literals: standing } = unifyParameters(statement.tree);
  const values = new Map<number, RestoredValue>();
  const put = (found: ReadonlyMap<number, string>, origin: RestoredValue['origin']) => {
    for (const [number, literal] of found) {
      if (!values.has(number)) values.set(number, { name: `$${number}`, literal, origin });
    }
  };
  const share = () => {
    for (const [number, root] of unified) {
      const same = [...unified].filter(([, other]) => other === root).map(([member]) => member);
      const known = [root, ...same].map((member) => values.get(member)).find((value) => value !== undefined);
      for (const member of [root, number]) {
        if (known !== undefined) put(new Map([[member, known.literal]]), 'unified');
      }
    }
  };
  const open = () => new Set(statement.parameters.map(({ number }) => number).filter((number) => !values.has(number)));

  put(await personsLiterals(input.values ?? {}, statement), 'person');
  put(standing, 'unified');
  share();
  // A value of the person's may be meant for another run than the sample's: the rest of the sample still holds.
  if (open().size > 0) put(await literalsFromSamples(statement, input), 'sample');
  share();
  if (open().size > 0 && (input.typicalValues ?? true)) {
    const { comparisons } = readComparisons(statement.tree);
    put(await literalsFromStatistics(sql, comparisons, open()), 'statistics');
    share();
  }
  const literals = new Map([...values].map(([number, { literal }]) => [number, literal]));
  const missing = open();
  // Those that are equal are asked for once.
  const asked = new Set([...missing].map((number) => unified.get(number) ?? number));
  const { filled, types } = await inferTypes(sql, statement, asked, { literals, unified, versionNumber });
  const contexts = asked.size === 0 ? new Map<number, string>() : await parameterContexts(statement);
  return {
    statement,
    sql: filled,
    values: [...values].toSorted(([a], [b]) => a - b).map(([, value]) => value),
    missing: [...asked]
      .toSorted((a, b) => a - b)
      .map((number) => ({
        name: `$${number}`,
        type: types.get(number) ?? null,
        context: contexts.get(number) ?? `$${number}`,
      })),
  };
}

async function readNormalized(text: string): Promise<ParsedText> {
  const read = await readStatements(text);
  if (!read.ok) {
    throw new Failure({
      code: 'statement_refused',
      message: `The stored text cannot be read as SQL (${read.message}). ${whyCut(text)}`,
      detail: { construct: 'syntax error' },
    });
  }
  const [statement] = read.statements;
  if (statement === undefined || read.statements.length > 1) {
    throw new Failure({
      code: 'statement_refused',
      message: `The stored text holds ${read.statements.length} statements; a plan belongs to exactly one.`,
      detail: { construct: 'several statements' },
    });
  }
  return statement;
}

function whyCut({ length }: string): string {
  const kept = length >= maxTextChars ? maxTextChars : length === cutTextChars ? cutTextChars : null;
  return kept === null
    ? 'It may have been cut at track_activity_query_size; with pg_stat_statements its whole text is known.'
    : `Daybreak keeps the first ${kept.toLocaleString('en-US')} characters of so long a text: plan the whole statement from the program that sends it.`;
}

/** Bytes of one character at most: the server cuts before a character that would not fit. */
const characterBytes = 4;

/** Constants of the newest sample that tells the most of them. */
async function literalsFromSamples(
  statement: ParsedText,
  { samples, sampleLimitBytes }: RestoreInput,
): Promise<ReadonlyMap<number, string>> {
  const wanted = new Set(statement.parameters.map(({ number }) => number)).size;
  let best: ReadonlyMap<number, string> = new Map();
  for (const sample of samples) {
    const found = await constantsOfSample(statement, sample, sampleLimitBytes);
    if (found.size > best.size) best = found;
    if (best.size === wanted) break;
  }
  return best;
}

/** What a text of `pg_stat_activity` tells of the constants; nothing where it may be cut, or is another statement. */
export async function constantsOfSample(
  statement: ParsedText,
  sample: string,
  sampleLimitBytes: number,
): Promise<ReadonlyMap<number, string>> {
  if (sample.length === cutTextChars || Buffer.byteLength(sample) > sampleLimitBytes - characterBytes) return new Map();
  const squashed = new Set(statement.parameters.filter((one) => one.squashed).map(({ number }) => number));
  const read = await readStatements(sample);
  let best: ReadonlyMap<number, string> = new Map();
  for (const sent of read.ok ? read.statements : []) {
    const found = alignConstants(statement.tree, sent.tree, squashed);
    if (found !== null && found.size > best.size) best = found;
  }
  return best;
}

/** The text that the server understands, with what it infers; no types where it understands none. */
async function inferTypes(
  sql: Sql,
  statement: ParsedText,
  asked: ReadonlySet<number>,
  options: FillOptions,
): Promise<{ filled: string; types: ReadonlyMap<number, string> }> {
  const plain = fill(statement, options);
  if (asked.size === 0) return { filled: plain, types: new Map() };
  const days = [true, false].map((certain) => addedDays(statement.tree, certain));
  const texts = new Set([plain, ...days.map((types) => fill(statement, { ...options, types }))]);
  for (const filled of texts) {
    const types = await understoodTypes(sql, filled, asked);
    if (types !== null) return { filled, types };
  }
  return { filled: plain, types: new Map() };
}

/** null where the server cannot tell; the transaction goes on. */
async function understoodTypes(
  sql: Sql,
  filled: string,
  numbers: ReadonlySet<number>,
): Promise<ReadonlyMap<number, string> | null> {
  await sql.query('savepoint daybreak_types');
  try {
    return await readParameterTypes(sql, filled, numbers);
  } catch (error) {
    if (!(error instanceof Failure) || error.value.sqlstate?.startsWith('42') !== true) throw error;
    await sql.query('rollback to savepoint daybreak_types');
    return null;
  }
}
