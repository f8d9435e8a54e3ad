import type { Column } from '../../../../shared/model/read-model.ts';
import { grainSchema, type Grain, type Period } from '../../../../shared/model/period.ts';
import { deparseNode } from '../../sql-text/statement.ts';
import { isObject, list, strings, text, unwrap, walk, type Json, type JsonObject } from '../../sql-text/tree.ts';
import { refuse, type ParsedSelect } from '../propose/parse-select.ts';
import { selectOutputs } from '../propose/select-outputs.ts';

/** How a definition makes its period column out of a column that an index may serve. */
export interface Cut {
  /** The raw column as the definition names it, e.g. 'i.invoiced_at'. */
  readonly rawSql: string;
  /** Zone that the definition cuts in; null: the raw column has none. */
  readonly timeZone: string | null;
  /** 'day' also where the definition takes a date as it is. */
  readonly grain: Grain;
}

const accepted =
  "date_trunc('month', column), date_trunc('month', column at time zone 'Europe/Berlin'), each with or without ::date, or a date column as it is";

/**
 * Reads the cut of `period.column` in a definition whose result has `columns`. Throws `statement_refused` with the
 * construct wherever a row's period would not follow from that one column alone, or a period from its own rows alone.
 */
export async function cutOf(select: ParsedSelect, columns: readonly Column[], period: Period): Promise<Cut> {
  const { tree } = select;
  if (tree['op'] !== 'SETOP_NONE') throw notByPeriod('it joins several selects', 'UNION');
  if (isObject(tree['limitCount']) || isObject(tree['limitOffset'])) {
    throw notByPeriod('LIMIT counts rows of all periods', 'LIMIT');
  }
  if (hasWindow(tree)) throw notByPeriod('a window may reach into other periods', 'OVER');
  const names = columns.map(({ name }) => name);
  const targets = list(tree['targetList']);
  const at = names.indexOf(period.column);
  const value = unwrap(targets[at], 'ResTarget')?.['val'];
  // With a star the places of columns and targets do not agree.
  if (targets.length !== names.length || value === undefined) {
    throw notByPeriod(`its result does not name ${period.column}`, 'period column');
  }
  const groups = list(tree['groupClause']).length > 0;
  const distinctOn = list(tree['distinctClause']).some((item) => isObject(item) && Object.keys(item).length > 0);
  if ((groups || distinctOn) && !selectOutputs(select, names).key?.includes(period.column)) {
    throw notByPeriod(`its rows are not grouped by ${period.column}`, groups ? 'GROUP BY' : 'DISTINCT ON');
  }
  const cut = await readCut(value);
  if (cut === null) throw notByPeriod(`${period.column} is none of: ${accepted}`, 'period column');
  if (!nestsIn(cut.grain, period.grain)) {
    throw notByPeriod(`its rows are cut by ${cut.grain}, which does not fit into a ${period.grain}`, 'grain');
  }
  if (cut.timeZone !== null && cut.timeZone !== period.timeZone) {
    throw notByPeriod(`it cuts in ${cut.timeZone}, and the period in ${period.timeZone}`, 'time zone');
  }
  return cut;
}

/** Periods that a definition makes a column begin, by `date_trunc` of whatever; null where that cannot be told. */
export function grainOf({ tree }: ParsedSelect, columns: readonly Column[], column: string): Grain | null {
  const targets = list(tree['targetList']);
  const value = unwrap(targets[columns.findIndex(({ name }) => name === column)], 'ResTarget')?.['val'];
  // With a star the places of columns and targets do not agree.
  if (targets.length !== columns.length || value === undefined) return null;
  const { inner } = withoutCast(value);
  const truncated = call(inner, 'date_trunc', 2) ?? call(inner, 'date_trunc', 3);
  return grainSchema.safeParse(constant(truncated?.[0])).data ?? null;
}

const notByPeriod = (why: string, construct: string) =>
  refuse(
    `The definition cannot be refreshed by period: ${why}. Change it, or leave the period out, so that every refresh recomputes all of it.`,
    construct,
  );

/** A week lies in no month, quarter or year; everything else nests in what is coarser. */
function nestsIn(fine: Grain, coarse: Grain): boolean {
  if (fine === 'week' && coarse !== 'week') return false;
  return grainSchema.options.indexOf(fine) <= grainSchema.options.indexOf(coarse);
}

function hasWindow(tree: JsonObject): boolean {
  let found = false;
  walk(tree, (kind, fields) => {
    found ||= kind === 'FuncCall' && isObject(fields['over']);
    return !found;
  });
  return found;
}

async function readCut(value: Json): Promise<Cut | null> {
  const { inner, type } = withoutCast(value);
  const truncated = call(inner, 'date_trunc', 2);
  const grain = truncated === null ? null : grainSchema.safeParse(constant(truncated[0]));
  if (grain?.success === false) return null;
  if (type !== null && type !== 'date') return null;
  const { raw, timeZone } = inZone(truncated === null ? inner : truncated[1]);
  // A moment is a period only once it is cut to the day.
  if (truncated === null && timeZone !== null && type === null) return null;
  if (raw === null || unwrap(raw, 'ColumnRef') === null) return null;
  const rawSql = await deparseNode(raw);
  return rawSql === null ? null : { rawSql, timeZone, grain: grain?.data ?? 'day' };
}

/** `x at time zone 'zone'`, also as `timezone('zone', x)`; or `x` as it is. */
function inZone(node: Json | undefined): { readonly raw: JsonObject | null; readonly timeZone: string | null } {
  const zoned = call(node, 'timezone', 2);
  if (zoned === null) return { raw: isObject(node) ? node : null, timeZone: null };
  const timeZone = constant(zoned[0]);
  const [, raw] = zoned;
  return { raw: timeZone !== null && isObject(raw) ? raw : null, timeZone };
}

function withoutCast(node: Json): { readonly inner: Json | undefined; readonly type: string | null } {
  const cast = unwrap(node, 'TypeCast');
  if (cast === null) return { inner: node, type: null };
  const type = isObject(cast['typeName']) ? cast['typeName'] : {};
  return { inner: cast['arg'], type: strings(type['names']).at(-1) ?? '' };
}

/** Arguments of a call to a function of PostgreSQL's own. */
function call(node: Json | undefined, name: string, argumentCount: number): readonly Json[] | null {
  const found = unwrap(node, 'FuncCall');
  const written = strings(found?.['funcname']);
  const own = written.length === 1 || (written.length === 2 && written[0] === 'pg_catalog');
  const args = list(found?.['args']);
  return own && written.at(-1) === name && args.length === argumentCount ? args : null;
}

function constant(node: Json | undefined): string | null {
  const value = unwrap(node, 'A_Const')?.['sval'];
  return isObject(value) ? text(value['sval']) : null;
}
