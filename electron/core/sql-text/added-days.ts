import { strings, unwrap, walk, type Json } from './tree.ts';

/**
 * Parameters that are added to a date or taken off it. `current_date - $1` with a parameter of no type means the
 * difference of two dates; a statement that is compared with a date was sent with a number of days. `certain`: beside
 * current_date or a cast to a date; else beside anything.
 */
export function addedDays(tree: Json, certain: boolean): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  walk(tree, (kind, fields) => {
    if (kind !== 'A_Expr' || !['+', '-'].includes(strings(fields['name']).at(-1) ?? '')) return;
    const parameter = unwrap(fields['rexpr'], 'ParamRef');
    if (parameter === null || (certain && !isDate(fields['lexpr']))) return;
    found.set(Number(parameter['number']), 'integer');
  });
  return found;
}

function isDate(node: Json | undefined): boolean {
  if (unwrap(node, 'SQLValueFunction')?.['op'] === 'SVFOP_CURRENT_DATE') return true;
  const type = unwrap(node, 'TypeCast')?.['typeName'];
  return type !== undefined && type !== null && strings((type as { names?: Json }).names).at(-1) === 'date';
}
