import { quoteLiteral } from '../postgres/quote.ts';
import { isObject, number, text, unwrap, type Json } from './tree.ts';

/** SQL text of a constant node, or null for anything else. */
export function literalOf(node: Json | undefined): string | null {
  const constant = unwrap(node, 'A_Const');
  if (constant === null) return null;
  const { sval, ival, fval, boolval, bsval, isnull } = constant;
  if (isnull === true) return 'null';
  if (isObject(sval)) return quoteLiteral(text(sval['sval']));
  if (isObject(ival)) return String(number(ival['ival']));
  if (isObject(fval)) return text(fval['fval']);
  if (isObject(boolval)) return boolval['boolval'] === true ? 'true' : 'false';
  if (isObject(bsval)) {
    const bits = text(bsval['bsval']);
    return `${bits.slice(0, 1)}'${bits.slice(1)}'`;
  }
  return null;
}
