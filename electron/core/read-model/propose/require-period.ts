import type { Column, Proposal } from '../../../../shared/model/read-model.ts';
import { Failure } from '../../../../shared/model/failure.ts';
import type { ReadonlySession } from '../../postgres/session.ts';
import { boundDefinition } from '../period/bound-definition.ts';
import { requireRawType, unzonedTypes } from '../period/require-raw-type.ts';
import { analyseSelect } from './analyse-select.ts';
import { describeColumns } from './describe-columns.ts';
import { parseSelect, refuse } from './parse-select.ts';

/**
 * Makes sure that a proposal with a period can be refreshed by it; nothing for one without. Throws `invalid_input` for a
 * column or a zone that cannot be, `statement_refused` with the construct where the definition cannot be cut.
 */
export async function requirePeriod(
  session: ReadonlySession,
  { definitionSql, keyColumns, period }: Proposal,
  columns: readonly Column[],
): Promise<void> {
  if (period === undefined) return;
  const column = columns.find(({ name }) => name === period.column);
  if (column === undefined || !keyColumns.includes(period.column) || !unzonedTypes.includes(column.type)) {
    throw new Failure({
      code: 'invalid_input',
      message: `The period column ${period.column} must be a column of the key (${keyColumns.join(', ')}), of type date or timestamp without time zone${column === undefined ? '' : `; it is ${column.type}`}.`,
    });
  }
  requireZone(period.timeZone);
  const { clock } = analyseSelect(await parseSelect(definitionSql));
  if (clock.length > 0) {
    throw refuse(
      `The definition depends on the clock (${clock.join(', ')}): closed periods would change with no row changed. Keep the date, and bucket when reading; or leave the period out.`,
      clock.join(', '),
    );
  }
  const bounded = await boundDefinition(definitionSql, columns, period, '2000-01-01');
  await session.snapshot(async (sql) => {
    await sql.query(`select set_config('standard_conforming_strings', 'on', true)`);
    await requireRawType(sql, definitionSql, columns, period);
    await describeColumns(sql, bounded);
  });
}

/** What a refresh by period leaves out, in words; nothing for a proposal without one. */
export function periodWarnings({ period }: Proposal, baseTables: readonly string[]): string[] {
  if (period === undefined) return [];
  const joined = baseTables.length > 1 ? `, or in whatever ${baseTables.join(', ')} hold without a date,` : '';
  return [
    `A refresh recomputes the latest ${period.openPeriods} of ${period.column}, by ${period.grain}. What changes in an older one${joined} is seen once all periods are verified.`,
  ];
}

function requireZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone });
  } catch {
    throw new Failure({
      code: 'invalid_input',
      message: `${JSON.stringify(timeZone)} is no time zone that is known here. Write one like Europe/Berlin or UTC.`,
    });
  }
}
