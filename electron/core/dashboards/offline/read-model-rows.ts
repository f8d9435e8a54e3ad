import type { Column } from '../../../../shared/model/read-model.ts';
import type { DayBeginnings, ModelRows, RowExpression } from '../../history/model-rows.ts';
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
import { readQuestions, type ToldRows } from './read-questions.ts';
import type { RowQuestions } from './widget-questions.ts';

/** A read model of more rows is asked each time; its widgets keep their own results all the same. */
export const mostKeptRows = 5_000;
/** Of all its cells as text. */
const mostKeptBytes = 4 * 1024 * 1024;

interface Asked extends RowQuestions {
  readonly readModel: string;
  readonly modelVersion: number | null;
  /** In which filters begin their days where the model has no zone of its own. */
  readonly filterZones: readonly string[];
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
 * The rows of a read model from its stable view, in one snapshot, with what periods mean for them, which of them each
 * condition chooses and what each expression is worth. Null: too large to be kept.
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

async function rowsAndPeriods(
  server: Server,
  sql: Sql,
  view: string,
  { readModel, modelVersion, conditions, expressions }: Asked,
) {
  await sql.query(`select set_config('DateStyle', 'ISO, YMD', true)`);
  const shape = await sql.queryText(`select * from ${view} limit 0`);
  const names = await typeNames(
    server,
    sql,
    shape.columns.map(({ typeOid }) => typeOid),
  );
  const columns = shape.columns.map(({ name, typeOid }) => ({ name, type: names.get(typeOid) ?? String(typeOid) }));
  const from = `(select * from ${view} limit ${mostKeptRows + 1}) kept`;
  const told = await readQuestions(server, sql, { from, columns, conditions, expressions });
  const room = mostKeptBytes - bytesWithout(told);
  if (told.rows.length > mostKeptRows || room < 0) return null;
  const split = splitAsOf({ columns, rows: told.rows });
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
      ranks: told.ranks,
      conditions: told.conditions,
      expressions: fitting(told.expressions, room),
    },
  };
}

type ModelPeriodsKept = NonNullable<ModelRows['periods']>;

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

type Cells = readonly (string | null)[];

const bytesOf = (cells: Cells): number => cells.reduce((sum, cell) => sum + (cell?.length ?? 0), 0);
const bytesOfPlaces = (places: readonly number[]): number => bytesOf(places.map(String));

/** Of all but the expressions. */
const bytesWithout = ({ rows, ranks, conditions }: ToldRows): number =>
  [
    ...rows.map(bytesOf),
    ...Object.values(ranks).map(bytesOfPlaces),
    ...conditions.map(({ chosen }) => chosen?.length ?? 0),
  ].reduce((sum, bytes) => sum + bytes, 0);

/** As many expressions as there is room for, the first before the others: rows without them are worth more than none. */
function fitting(expressions: readonly RowExpression[], room: number): RowExpression[] {
  let left = room;
  return expressions.map(({ expression, values }) => {
    const bytes = values === null ? 0 : bytesOf(values.cells) + bytesOfPlaces(values.ranks ?? []);
    if (bytes > left) return { expression, values: null };
    left -= bytes;
    return { expression, values };
  });
}
