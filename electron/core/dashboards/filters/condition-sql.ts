import { beginsPeriod } from '../../../../shared/format/period-days.ts';
import type { Grain } from '../../../../shared/model/period.ts';
import { quoteIdent, quoteLiteral } from '../../postgres/quote.ts';
import type { ResolvedFilter } from './resolve-filters.ts';

export interface FilteredColumn {
  readonly name: string;
  /** format_type() of the column. */
  readonly type: string;
  /** Periods that its values begin, where that is known. */
  readonly grain?: Grain | null;
  /** In which the read model is cut; null: the filter's own counts. */
  readonly timeZone?: string | null;
}

export interface Condition {
  readonly sql: string;
  readonly timeZone: string | null;
  readonly notes: readonly string[];
}

/** Why a column cannot answer a filter, as the end of a sentence. */
export interface NoCondition {
  readonly why: string;
}

export const isCondition = (one: Condition | NoCondition): one is Condition => 'sql' in one;

/** Whether a column can be filtered by a period: a date or a moment. */
export const isPeriodType = (type: string): boolean => type === 'date' || /^timestamp( |\(|$)/.test(type);

/** Values of these types compare as their own: an index on the column serves. All others compare as what is printed. */
const typed: readonly { readonly type: RegExp; readonly value: RegExp; readonly array: string }[] = [
  { type: /^(text|character varying|character)(\(|$)/, value: /^/, array: 'text[]' },
  { type: /^(smallint|integer|bigint)$/, value: /^-?\d{1,18}$/, array: 'bigint[]' },
  { type: /^numeric(\(|$)/, value: /^-?\d{1,100}(\.\d{1,100})?$/, array: 'numeric[]' },
  { type: /^boolean$/, value: /^(true|false)$/, array: 'boolean[]' },
];

/** The condition that a chosen filter is on a column: its rows, no others. Bounds of periods are half-open. */
export function conditionOf(chosen: ResolvedFilter, column: FilteredColumn): Condition | NoCondition {
  return chosen.kind === 'choice' ? choiceCondition(chosen.values, column) : periodCondition(chosen, column);
}

function choiceCondition(values: readonly (string | null)[], { name, type }: FilteredColumn): Condition | NoCondition {
  const column = quoteIdent(name);
  const named = values.filter((value) => value !== null);
  const own = typed.find((one) => one.type.test(type));
  const bad = named.find((value) => own !== undefined && !own.value.test(value));
  if (bad !== undefined) return { why: `${name} is of type ${type}, and ${JSON.stringify(bad)} is no value of it` };
  const compared = own === undefined ? `${column}::text` : column;
  const any = `${compared} = any (array[${named.map(quoteLiteral).join(', ')}]::${own?.array ?? 'text[]'})`;
  const sql = [...(named.length > 0 ? [any] : []), ...(values.includes(null) ? [`${column} is null`] : [])];
  return { sql: sql.length > 1 ? `(${sql.join(' or ')})` : sql.join(''), timeZone: null, notes: [] };
}

function periodCondition(
  { span, before, filter }: ResolvedFilter & { readonly kind: 'period' },
  { name, type, grain = null, timeZone = null }: FilteredColumn,
): Condition | NoCondition {
  if (!isPeriodType(type)) return { why: `${name} is of type ${type}, which is neither a date nor a moment` };
  const zoned = type.endsWith('with time zone');
  const zone = timeZone ?? filter.timeZone;
  const bound = (day: string): string => {
    if (type === 'date') return `date ${quoteLiteral(day)}`;
    const midnight = `timestamp ${quoteLiteral(day)}`;
    return zoned ? `(${midnight} at time zone ${quoteLiteral(zone)})` : midnight;
  };
  const column = quoteIdent(name);
  return {
    sql: `${column} >= ${bound(span.from)} and ${column} < ${bound(before)}`,
    timeZone: zoned ? zone : null,
    notes: cutPeriods({ span, before }, grain),
  };
}

/** What a reader has to know where the first or last period of a column of this grain is cut through. */
export function cutPeriods(
  { span, before }: Pick<ResolvedFilter & { readonly kind: 'period' }, 'span' | 'before'>,
  grain: Grain | null,
): readonly string[] {
  const whole = grain === null || (beginsPeriod(span.from, grain) && beginsPeriod(before, grain));
  return whole ? [] : [`counts the ${grain}s that begin in it`];
}
