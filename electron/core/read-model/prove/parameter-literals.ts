import { Failure } from '../../../../shared/model/failure.ts';
import { personsLiterals } from '../../explain/persons-literals.ts';
import type { ParsedText } from '../../sql-text/statement.ts';
import { unifyParameters } from '../../sql-text/unify.ts';

export interface Literals {
  readonly literals: ReadonlyMap<number, string>;
  readonly unified: ReadonlyMap<number, number>;
}

/**
 * A literal for every parameter of the culprit; those that stand for one constant share it. Throws `invalid_input` for
 * a text that is no literal, and where one is missing.
 */
export async function literalsOf(statement: ParsedText, values: Readonly<Record<string, string>>): Promise<Literals> {
  const { roots, literals: standing } = unifyParameters(statement.tree);
  const given = await personsLiterals(values, statement);
  const rootOf = (number: number): number => roots.get(number) ?? number;
  const byRoot = new Map<number, string>();
  for (const [number, literal] of [...given, ...standing]) {
    if (!byRoot.has(rootOf(number))) byRoot.set(rootOf(number), literal);
  }
  const literals = new Map<number, string>();
  for (const { number } of statement.parameters) {
    const literal = byRoot.get(rootOf(number));
    if (literal === undefined) {
      throw new Failure({
        code: 'invalid_input',
        message: `The parameter set has no value for $${number}, so the two queries cannot be run. Give one.`,
      });
    }
    literals.set(number, literal);
  }
  return { literals, unified: roots };
}
