import type { Json } from '../../../sql-text/tree.ts';
import type { FrozenParameter } from './derivation.ts';
import type { KeyPart } from './dimensions.ts';
import type { SelectParts } from './parts.ts';
import { printExpression } from './print.ts';

export interface Changed {
  readonly parts: SelectParts;
  readonly keyed: readonly (KeyPart & { readonly name: string })[];
  /** Conditions that the reader says. */
  readonly held: readonly Json[];
  /** Sentences about aggregates. */
  readonly measures: readonly string[];
  readonly frozen: readonly FrozenParameter[];
  /** One row of the model for each row of the result. */
  readonly direct: boolean;
}

/** What became of the culprit, for the person who decides about the proposal. */
export async function describeChanges({ parts, keyed, held, measures, frozen, direct }: Changed): Promise<string[]> {
  const conditions = await Promise.all(held.map(printExpression));
  const filters = keyed.filter(({ filtered }) => filtered).map(({ name }) => name);
  const cut = keyed.flatMap(({ name, grain }) =>
    grain === null || grain === 'instant' ? [] : [`${name} is kept by ${grain}.`],
  );
  const laterClauses = [
    ...(parts.having === null ? [] : ['HAVING']),
    ...(parts.sort.length === 0 ? [] : ['ORDER BY']),
    ...(parts.select['limitCount'] === undefined && parts.select['limitOffset'] === undefined ? [] : ['LIMIT']),
  ];
  return [
    ...(conditions.length === 0
      ? []
      : [`The model keeps ${filters.join(', ')} as key, and the reader filters: ${conditions.join('; ')}.`]),
    ...cut,
    ...(direct ? [] : measures),
    ...keptValues(frozen),
    ...(laterClauses.length === 0 ? [] : [`${laterClauses.join(', ')}: left to the reader.`]),
  ];
}

export const keptValues = (frozen: readonly FrozenParameter[]): string[] =>
  frozen.length === 0
    ? []
    : [`The model keeps the values of ${frozen.map(({ name, literal }) => `${name} (${literal})`).join(', ')}.`];
