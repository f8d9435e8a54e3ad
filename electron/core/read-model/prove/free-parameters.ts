import type { ParsedText } from '../../sql-text/statement.ts';
import { unifyParameters } from '../../sql-text/unify.ts';

/**
 * Parameters ('$1') that whoever asks may still vary, each constant once: those that the rewritten query takes, and those
 * that are not said to be frozen. A frozen one that the rewritten query takes all the same is free.
 */
export function freeParameters(
  original: ParsedText,
  rewritten: ParsedText,
  frozen: readonly { readonly name: string }[],
): string[] {
  const { roots, literals: standing } = unifyParameters(original.tree);
  const rootOf = (number: number): number => roots.get(number) ?? number;
  const taken = new Set(rewritten.parameters.map(({ number }) => rootOf(number)));
  const held = new Set([...standing.keys(), ...frozen.map(({ name }) => Number(name.slice(1)))].map(rootOf));
  const all = new Set(original.parameters.map(({ number }) => rootOf(number)));
  return [...all]
    .filter((number) => taken.has(number) || !held.has(number))
    .toSorted((a, b) => a - b)
    .map((number) => `$${number}`);
}
