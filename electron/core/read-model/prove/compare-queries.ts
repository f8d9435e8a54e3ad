import type { ComparisonOutcome } from '../../../../shared/model/proof.ts';
import type { Column } from '../../../../shared/model/read-model.ts';
import type { Sql } from '../../postgres/session.ts';
import { describeWith } from '../propose/derive/describe-with.ts';
import { compareRows, type ComparedRows } from './compare-rows.ts';
import { saysNothing } from './says-nothing.ts';
import { sortKeysOf, withoutLimit } from './select-text.ts';

/** Differing rows that are shown. */
const shownRows = 10;

/**
 * Two SELECTs without parameters, in a transaction: columns, and rows as multisets. `aged`: the first column of both is
 * the model's age. Throws what the server refuses.
 */
export async function compareQueries(
  sql: Sql,
  originalSql: string,
  rewrittenSql: string,
  aged = false,
): Promise<ComparisonOutcome> {
  const describe = describeWith(sql);
  const columns = await describe(originalSql);
  const [original, rewritten] = [printed(columns), printed(await describe(rewrittenSql))];
  if (original !== rewritten) {
    return { result: 'different', why: `The columns differ: ${original} and ${rewritten}.`, columns: [], rows: [] };
  }
  const compared = await compareRows(sql, originalSql, rewrittenSql, { shownRows, aged });
  const { originalRows, rewrittenRows, differing } = compared;
  if (differing.length === 0) return equal(compared, compared, aged, false);
  const [unlimited, unlimitedRewritten] = [await withoutLimit(originalSql), await withoutLimit(rewrittenSql)];
  if (unlimited !== null && unlimitedRewritten !== null && originalRows === rewrittenRows) {
    const all = await compareRows(sql, unlimited, unlimitedRewritten, { shownRows, aged });
    const names = columns.map(({ name }) => name);
    if (all.differing.length === 0 && (await sortedAlike(sql, originalSql, rewrittenSql, names))) {
      return equal(compared, all, aged, true);
    }
  }
  return {
    result: 'different',
    why:
      originalRows === rewrittenRows
        ? `Both return ${originalRows} rows, and they are not the same.`
        : `The statement returns ${originalRows} rows, and the rewritten query ${rewrittenRows}.`,
    columns: columns.map(({ name }) => name),
    rows: [...differing],
  };
}

/** Which of the rows that tie a LIMIT takes is chance: the digest is that of the results without it. */
const equal = (
  { originalRows, onlyRow }: ComparedRows,
  { digest }: ComparedRows,
  aged: boolean,
  tiesAtLimit: boolean,
): ComparisonOutcome => ({
  result: 'equal',
  rows: originalRows,
  tiesAtLimit,
  nothing: originalRows === 0 || (onlyRow !== null && saysNothing(onlyRow, aged)),
  digest,
});

/** Rows that differ tie where what they are sorted by does not differ; another ORDER BY takes other rows. */
async function sortedAlike(
  sql: Sql,
  original: string,
  rewritten: string,
  columns: readonly string[],
): Promise<boolean> {
  const [wanted, found] = [await sortKeysOf(original, columns), await sortKeysOf(rewritten, columns)];
  if (wanted === null || found === null || found.count < wanted.count) return false;
  if (wanted.count === 0) return true;
  const { differing } = await compareRows(sql, wanted.first(wanted.count), found.first(wanted.count), { shownRows: 1 });
  return differing.length === 0;
}

const printed = (columns: readonly Column[]): string => columns.map(({ name, type }) => `${name} ${type}`).join(', ');
