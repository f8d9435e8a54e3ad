import { list, isObject, text, unwrap, type Json, type JsonObject } from '../../../sql-text/tree.ts';
import type { ColumnTypes, Grain } from './derivation.ts';
import { call, cast, castType, constant, functionName, nodeKey } from './nodes.ts';

/** Units that a calendar day belongs to as a whole. */
export type DayUnit = Exclude<Grain, 'instant'>;
const units: readonly string[] = ['day', 'week', 'month', 'quarter', 'year'] satisfies DayUnit[];

const isDayUnit = (word: string): word is DayUnit => units.includes(word);

const dateType = 'date';
const timestampType = 'timestamp without time zone';
const zonedType = 'timestamp with time zone';
/** Types of columns that a range of time filters. */
export const isTimeType = (type: string | undefined): boolean =>
  type === dateType || type === timestampType || type === zonedType;

/** The unit in `date_trunc('month', ...)`, and what is cut; null for anything else. */
function truncation(node: Json | undefined): { unit: DayUnit; of: Json } | null {
  const fields = unwrap(node, 'FuncCall');
  if (fields === null || functionName(fields) !== 'date_trunc') return null;
  const [unit, of, zone] = list(fields['args']);
  const word = stringOf(unit)?.toLowerCase() ?? '';
  return of === undefined || zone !== undefined || !isDayUnit(word) ? null : { unit: word, of };
}

function stringOf(node: Json | undefined): string | null {
  const value = unwrap(node, 'A_Const')?.['sval'];
  return isObject(value) ? text(value['sval']) : null;
}

/** What a date or a timestamp without time zone is computed to in every session alike; null where that is not sure. */
export function steadyTime(node: Json | undefined, types: ColumnTypes): 'date' | 'timestamp' | null {
  if (unwrap(node, 'ColumnRef') !== null) {
    const type = types.get(nodeKey(node));
    return type === dateType ? 'date' : type === timestampType ? 'timestamp' : null;
  }
  const typeCast = unwrap(node, 'TypeCast');
  if (typeCast !== null) {
    const type = castType(typeCast);
    if (steadyTime(typeCast['arg'], types) === null) return null;
    return type === 'date' || type === 'timestamp' ? type : null;
  }
  const cut = truncation(node);
  if (cut !== null) return steadyTime(cut.of, types) === 'timestamp' ? 'timestamp' : null;
  const fields = unwrap(node, 'FuncCall');
  if (fields === null || functionName(fields) !== 'timezone') return null;
  // `column at time zone 'Europe/Berlin'`: the zone is named, so no session decides.
  const [zone, of] = list(fields['args']);
  const zoned = unwrap(of, 'ColumnRef') !== null && types.get(nodeKey(of)) === zonedType;
  return zoned && stringOf(zone) !== null ? 'timestamp' : null;
}

/** `extract(year from column)` of a steady time. */
export function isSteadyField(node: Json, types: ColumnTypes): boolean {
  const fields = unwrap(node, 'FuncCall');
  if (fields === null || !['extract', 'date_part'].includes(functionName(fields) ?? '')) return false;
  const [field, of] = list(fields['args']);
  return stringOf(field) !== null && steadyTime(of, types) !== null;
}

/** A column cut to a unit, as it stands in groups: `date_trunc('month', column::timestamp)::date`. */
export interface CutColumn {
  readonly column: JsonObject;
  readonly unit: DayUnit;
}

/** The column that an expression cuts and otherwise leaves as it is: different units give different values. */
export function cutColumn(node: Json, types: ColumnTypes): CutColumn | null {
  const typeCast = unwrap(node, 'TypeCast');
  if (typeCast !== null && castType(typeCast) === 'date') {
    const inner = typeCast['arg'];
    return inner === undefined ? null : (localColumn(inner, types, 'day') ?? cutColumn(inner, types));
  }
  const cut = truncation(node);
  if (cut === null) return null;
  const toTimestamp = unwrap(cut.of, 'TypeCast');
  const bare = toTimestamp !== null && castType(toTimestamp) === 'timestamp' ? toTimestamp['arg'] : cut.of;
  return bare === undefined ? null : localColumn(bare, types, cut.unit);
}

function localColumn(node: Json, types: ColumnTypes, unit: DayUnit): CutColumn | null {
  const type = types.get(nodeKey(node));
  const local = type === dateType || type === timestampType;
  return local && isObject(node) && unwrap(node, 'ColumnRef') !== null ? { column: node, unit } : null;
}

/** A bound of time that is known to be the first moment of a unit. */
interface Aligned {
  readonly unit: DayUnit;
  /** zoned: a moment of the session's time zone. */
  readonly kind: 'date' | 'timestamp' | 'zoned';
}

/** Of a bound without columns, whatever value its parameters have; null where its alignment cannot be shown. */
function aligned(node: Json | undefined): Aligned | null {
  if (unwrap(node, 'SQLValueFunction')?.['op'] === 'SVFOP_CURRENT_DATE') return { unit: 'day', kind: 'date' };
  const typeCast = unwrap(node, 'TypeCast');
  if (typeCast !== null) {
    const type = castType(typeCast);
    if (type === 'date') return { unit: aligned(typeCast['arg'])?.unit ?? 'day', kind: 'date' };
    const inner = type === 'timestamp' ? aligned(typeCast['arg']) : null;
    return inner?.kind === 'date' || inner?.kind === 'timestamp' ? { unit: inner.unit, kind: 'timestamp' } : null;
  }
  const cut = truncation(node);
  if (cut !== null) {
    const inner = unwrap(cut.of, 'TypeCast');
    const local = inner !== null && castType(inner) === 'timestamp';
    return { unit: cut.unit, kind: local || aligned(cut.of)?.kind === 'timestamp' ? 'timestamp' : 'zoned' };
  }
  return moved(unwrap(node, 'A_Expr'));
}

/** `bound + interval '3 months'`, `bound - 30`. */
function moved(expression: JsonObject | null): Aligned | null {
  if (expression === null || expression['kind'] !== 'AEXPR_OP') return null;
  const [operator] = list(expression['name']);
  if (!['+', '-'].includes(text(unwrap(operator, 'String')?.['sval']))) return null;
  const from = aligned(expression['lexpr']);
  if (from === null) return null;
  const days = unwrap(expression['rexpr'], 'A_Const');
  if (days !== null) return from.kind === 'date' && isObject(days['ival']) ? { unit: 'day', kind: 'date' } : null;
  const step = unwrap(expression['rexpr'], 'TypeCast');
  const words = step !== null && castType(step) === 'interval' ? stringOf(step['arg']) : null;
  const by = /^\s*\d+\s+(day|week|month|mon|year)s?\s*$/.exec(words ?? '')?.[1];
  if (by === undefined) return null;
  return {
    unit: coarsestIn(from.unit, by === 'mon' ? 'month' : by),
    kind: from.kind === 'date' ? 'timestamp' : from.kind,
  };
}

/** The unit whose beginnings are kept when beginnings of `unit` move by whole `step`s. */
function coarsestIn(unit: DayUnit, step: string): DayUnit {
  if (unit === step || step === 'year') return unit === 'week' && step === 'year' ? 'day' : unit;
  if (step === 'month' && (unit === 'quarter' || unit === 'year')) return 'month';
  return 'day';
}

/** Operators of `column op bound` whose answer is the same for every moment of an aligned unit. */
const keepsUnits: ReadonlySet<string> = new Set(['>=', '<']);
const turned: Readonly<Record<string, string>> = { '<=': '>=', '>': '<' };

export interface ComparedColumn extends CutColumn {
  readonly bound: Json;
}

/** The column that a comparison with an aligned bound looks at by whole units; null: it may look closer. */
export function comparedByUnit(node: Json, types: ColumnTypes): ComparedColumn | null {
  const expression = unwrap(node, 'A_Expr');
  if (expression === null || expression['kind'] !== 'AEXPR_OP') return null;
  const [operator] = list(expression['name']);
  const written = text(unwrap(operator, 'String')?.['sval']);
  const leftIsColumn = unwrap(expression['lexpr'], 'ColumnRef') !== null;
  const [side, bound] = leftIsColumn
    ? [expression['lexpr'], expression['rexpr']]
    : [expression['rexpr'], expression['lexpr']];
  if (!keepsUnits.has(leftIsColumn ? written : (turned[written] ?? ''))) return null;
  if (!isObject(side) || unwrap(side, 'ColumnRef') === null) return null;
  const found = aligned(bound);
  const type = types.get(nodeKey(side));
  if (found === null || bound === undefined) return null;
  // A timestamp and a moment of a zone are compared across changes of the clocks: left alone.
  const sound = type === dateType || (type === timestampType && found.kind !== 'zoned');
  return sound ? { column: side, unit: found.unit, bound } : null;
}

/** The coarsest grain that serves both; weeks do not fall into months. */
export function finer(one: Grain, other: Grain): Grain {
  if (one === other) return one;
  if (one === 'instant' || other === 'instant') return 'instant';
  if (one === 'day' || other === 'day' || one === 'week' || other === 'week') return 'day';
  return units.indexOf(one) < units.indexOf(other) ? one : other;
}

/** The column as the model keeps it: of the same type, so that everything that is said of it stays as it is. */
export function atGrain(column: JsonObject, grain: Grain, type: string): JsonObject {
  if (grain === 'instant' || (grain === 'day' && type === dateType)) return column;
  if (type === dateType) return cast(call('date_trunc', constant(grain), cast(column, 'timestamp')), 'date');
  return call('date_trunc', constant(grain), column);
}

/** What is kept of a column of this type; a date has nothing finer than its day. null: it is no time. */
export function shownGrain(grain: Grain, type: string | undefined): Grain | null {
  if (!isTimeType(type)) return null;
  return grain === 'instant' && type === dateType ? 'day' : grain;
}

/** What is kept of a time that is kept as it is computed. */
export function grainOf(node: Json, types: ColumnTypes): Grain | null {
  const kind = steadyTime(node, types);
  return kind === null ? null : kind === 'date' ? 'day' : (truncation(node)?.unit ?? 'instant');
}
