import type { Column } from '../../../../shared/model/read-model.ts';
import type { DayBeginnings, ModelRows } from '../../history/model-rows.ts';
import { quoteIdent } from '../../postgres/quote.ts';
import type { Server, Sql } from '../../postgres/session.ts';
import { splitAsOf } from '../as-of-column.ts';
import { typeNames } from '../column-types.ts';
import { isPeriodType } from '../filters/condition-sql.ts';
import { modelPeriods, unknownPeriods } from '../filters/model-periods.ts';
import { dashboardsApplicationName } from '../read-widget.ts';
import { isMoment } from './answer-from-rows.ts';
import { daysAround } from './day-beginnings.ts';
import { isOnCalendar, momentUs } from './printed-moment.ts';
import { readDayBeginnings } from './read-day-beginnings.ts';
import { tryConditions } from './try-conditions.ts';

/** A read model of more rows is asked each time; its widgets keep their own results all the same. */
export const mostKeptRows = 5_000;
/** Of all its cells as text. */
const mostKeptBytes = 4 * 1024 * 1024;

interface Asked {
  readonly readModel: string;
  readonly modelVersion: number | null;
  /** In which filters begin their days where the model has no zone of its own. */
  readonly filterZones: readonly string[];
  /** By which widgets choose rows. */
  readonly conditions: readonly string[];
  /** 'yyyy-mm-dd'. */
  readonly today: string;
}

/** The zones in which the days of moments have to be known; none for rows without moments. */
export const zonesOf = (
  columns: readonly Column[],
  own: string | null,
  filterZones: readonly string[],
): readonly string[] => {
  if (!columns.some(({ type }) => isMoment(type))) return [];
  return own === null ? [...new Set(filterZones)] : [own];
};

/**
 * The rows of a read model from its stable view, in one snapshot, with what periods mean for them and which of them each
 * condition chooses. Null: too large to be kept.
 */
export async function readModelRows(server: Server, view: string, asked: Asked): Promise<ModelRows | null> {
  const limits = { statementTimeoutMs: 2_000, applicationName: dashboardsApplicationName };
  const read = await server.withReadonly(
    (session) => session.snapshot((sql) => rowsAndPeriods(server, sql, view, asked)),
    limits,
  );
  if (read === null) return null;
  const { rows, timeZone, grains } = read;
  const days: Record<string, DayBeginnings | null> = {};
  const around = daysAround(momentsIn(rows), asked.today);
  for (const zone of zonesOf(rows.columns, timeZone, asked.filterZones)) {
    days[zone] = await readDayBeginnings(server, zone, around);
  }
  return { ...rows, periods: { timeZone, grains, days } };
}

async function rowsAndPeriods(server: Server, sql: Sql, view: string, { readModel, modelVersion, conditions }: Asked) {
  await sql.query(`select set_config('DateStyle', 'ISO, YMD', true)`);
  const shape = await sql.queryText(`select * from ${view} limit 0`);
  const names = await typeNames(
    server,
    sql,
    shape.columns.map(({ typeOid }) => typeOid),
  );
  const columns = shape.columns.map(({ name, typeOid }) => ({ name, type: names.get(typeOid) ?? String(typeOid) }));
  const texts = columns.filter(({ type }) => isText(type));
  // The server's own order of a text is its collation's; here it becomes a number.
  const ranks = texts.map(({ name }) => `, dense_rank() over (order by ${quoteIdent(name)})`).join('');
  const from = `(select * from ${view} limit ${mostKeptRows + 1}) kept`;
  // One statement for all: only so a row and what is said of it stay together.
  const { rows, possible } = await tryConditions(sql, { conditions, from }, async (some) => {
    const chosen = some.map((condition) => `, (${condition}) is true`).join('');
    return { ...(await sql.queryText(`select *${ranks}${chosen} from ${from}`)), possible: some };
  });
  if (rows.length > mostKeptRows || bytesOf(rows) > mostKeptBytes) return null;
  const split = splitAsOf({ columns, rows: rows.map((row) => row.slice(0, columns.length)) });
  const periods = (await modelPeriods(sql, [readModel])).get(readModel) ?? unknownPeriods;
  const grains: ModelPeriodsKept['grains'] = {};
  for (const { name } of split.columns.filter(({ type }) => isPeriodType(type))) {
    const grain = await periods.grainOf(name);
    if (grain !== null) grains[name] = grain;
  }
  return {
    timeZone: periods.timeZone,
    grains,
    rows: {
      readModel,
      modelVersion,
      asOf: split.asOf,
      columns: split.columns,
      rows: split.rows,
      ranks: Object.fromEntries(
        texts.map(({ name }, at) => [name, rows.map((row) => Number(row[columns.length + at] ?? 0))]),
      ),
      conditions: conditions.map((condition) => {
        const at = possible.indexOf(condition);
        const chosen = at < 0 ? null : rows.map((row) => row[columns.length + texts.length + at] ?? 'f').join('');
        return { condition, chosen };
      }),
    },
  };
}

type ModelPeriodsKept = NonNullable<ModelRows['periods']>;

const isText = (type: string): boolean => /^(text|character varying|character|name)\b/.test(type);

/** Those that are moments of a calendar: '-infinity' lies on no day. */
function momentsIn({ columns, rows }: Pick<ModelRows, 'columns' | 'rows'>): readonly bigint[] {
  const places = columns.flatMap(({ type }, index) => (isMoment(type) ? [index] : []));
  return rows.flatMap((row) =>
    places.flatMap((index) => {
      const us = momentUs(row[index] ?? '');
      return us !== null && isOnCalendar(us) ? [us] : [];
    }),
  );
}

const bytesOf = (rows: readonly (readonly (string | null)[])[]): number =>
  rows.reduce((sum, row) => sum + row.reduce((inner, cell) => inner + (cell?.length ?? 0), 0), 0);
