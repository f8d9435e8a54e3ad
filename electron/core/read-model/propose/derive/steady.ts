import { unwrap, type Json } from '../../../sql-text/tree.ts';
import type { ColumnTypes } from './derivation.ts';
import { castType, functionName, nodeKey } from './nodes.ts';
import { readersWords } from './readers-words.ts';
import { isScalar, mapScalar } from './scalars.ts';
import { isSteadyField, steadyTime } from './times.ts';

/** Types whose operators and casts look at no setting of the session. */
const steadyTypes: ReadonlySet<string> = new Set([
  'smallint', 'integer', 'bigint', 'numeric', 'text', 'character varying', 'character', 'bpchar', 'boolean', 'uuid',
]); // prettier-ignore
const steadyCasts: ReadonlySet<string> = new Set([
  'int2', 'int4', 'int8', 'numeric', 'text', 'varchar', 'bpchar', 'bool', 'uuid',
]); // prettier-ignore
/** Functions that read the session's time zone or language for some of their arguments. */
const lookAround: ReadonlySet<string> = new Set([
  'date_trunc', 'date_part', 'extract', 'to_char', 'to_date', 'to_number', 'timezone', 'age', 'make_date', 'date_bin',
]); // prettier-ignore

/**
 * True for an expression that gives the same in every session, whatever its time zone, language and formats are: only
 * such a one may be computed when the model is filled.
 */
export function isSteady(node: Json, types: ColumnTypes): boolean {
  if (!isScalar(node) || readersWords(node).length > 0) return false;
  if (steadyTime(node, types) !== null) return true;
  let all = true;
  mapScalar(node, (part) => {
    if (isSteadyField(part, types)) return part;
    const type = unwrap(part, 'ColumnRef') === null ? null : types.get(nodeKey(part));
    const typeCast = unwrap(part, 'TypeCast');
    const called = unwrap(part, 'FuncCall');
    all &&=
      (type === null || steadyTypes.has(type ?? '')) &&
      (typeCast === null || steadyCasts.has(castType(typeCast))) &&
      (called === null || !lookAround.has(functionName(called) ?? '')) &&
      unwrap(part, 'ParamRef') === null;
    return undefined;
  });
  return all;
}
