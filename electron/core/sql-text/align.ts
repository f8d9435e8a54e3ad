import { literalOf } from './literal.ts';
import { isPlace } from './same-shape.ts';
import { isList, isObject, unwrap, type Json } from './tree.ts';

/**
 * Lays the tree of a statement as it was sent over its normalized tree and reads the constants: number of the parameter
 * -> SQL text. `squashed`: parameters that stand for a whole list. Parameters that the client bound itself stay out.
 * null: it is another statement.
 */
export function alignConstants(
  normalized: Json,
  sampled: Json,
  squashed: ReadonlySet<number>,
): ReadonlyMap<number, string> | null {
  const found = new Map<number, string>();
  return aligned(normalized, sampled, squashed, found) ? found : null;
}

function aligned(
  normalized: Json | undefined,
  sampled: Json | undefined,
  squashed: ReadonlySet<number>,
  found: Map<number, string>,
): boolean {
  const parameter = unwrap(normalized, 'ParamRef');
  if (parameter !== null) {
    if (unwrap(sampled, 'ParamRef') !== null) return true;
    const literal = literalOf(sampled);
    if (literal === null) return false;
    found.set(Number(parameter['number']), literal);
    return true;
  }
  if (isList(normalized)) {
    if (!isList(sampled)) return false;
    const [only] = normalized;
    const member = Number(unwrap(only, 'ParamRef')?.['number']);
    if (normalized.length === 1 && squashed.has(member)) return alignedList(member, sampled, found);
    return (
      normalized.length === sampled.length &&
      normalized.every((item, index) => aligned(item, sampled[index], squashed, found))
    );
  }
  if (isObject(normalized)) {
    if (!isObject(sampled)) return false;
    const keys = new Set([...Object.keys(normalized), ...Object.keys(sampled)].filter((key) => !isPlace(key)));
    return [...keys].every((key) => aligned(normalized[key], sampled[key], squashed, found));
  }
  return normalized === sampled;
}

/** Some elements may be bound by the client (`in ($1, $2, 3)`): then the list is not known. */
function alignedList(member: number, sampled: readonly Json[], found: Map<number, string>): boolean {
  const literals = sampled.map(literalOf);
  if (sampled.length === 0) return false;
  if (literals.every((literal) => literal !== null)) found.set(member, literals.join(', '));
  return sampled.every((item, index) => literals[index] !== null || unwrap(item, 'ParamRef') !== null);
}
