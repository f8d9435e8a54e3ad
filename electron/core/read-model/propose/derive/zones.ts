import { list, unwrap, walk, type Json, type JsonObject } from '../../../sql-text/tree.ts';
import { refused, type ColumnTypes } from './derivation.ts';
import { columnNames, functionName, nodeKey } from './nodes.ts';
import { steadyTime } from './times.ts';

const zoned = /^time(stamp)? with time zone$/;

/** The columns of a node's own level, whatever they stand in. */
export function ownColumns(node: Json): ReadonlyMap<string, JsonObject> {
  const found = new Map<string, JsonObject>();
  walk(node, (kind, fields) => {
    if (kind === 'SubLink') return false;
    if (kind === 'ColumnRef' && columnNames(fields) !== null)
      found.set(nodeKey({ ColumnRef: fields }), { ColumnRef: fields });
    return true;
  });
  return found;
}

/**
 * Refuses what the definition would compute from a moment in the time zone of the session that fills it: readers in
 * another zone were asking for other days. Throws `NotDerivable`.
 */
export function refuseSessionZone(node: Json, types: ColumnTypes): void {
  walk(node, (kind, fields) => {
    const whole = { [kind]: fields };
    if (kind === 'SubLink' || kind === 'NullTest' || steadyTime(whole, types) !== null) return false;
    if (kind === 'FuncCall' && comparesMoments(fields)) return false;
    if (kind === 'ColumnRef' && zoned.test(types.get(nodeKey(whole)) ?? '')) {
      const name = columnNames(fields)?.at(-1) ?? '';
      throw refused(
        `${name} in the session's time zone`,
        `${name} has a time zone, and what the statement makes of it depends on the zone of the session: the model would hold the days of whoever fills it.`,
        `Write ${name} at time zone '...' to fix the business's own zone.`,
      );
    }
    return true;
  });
}

/** `max(moment)`: moments are the same everywhere, only their names are not. */
function comparesMoments(call: JsonObject): boolean {
  const [only, ...others] = list(call['args']);
  const plain = call['agg_filter'] === undefined && call['agg_order'] === undefined && others.length === 0;
  return plain && ['min', 'max', 'count'].includes(functionName(call) ?? '') && unwrap(only, 'ColumnRef') !== null;
}
