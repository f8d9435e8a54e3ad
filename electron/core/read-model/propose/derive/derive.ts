import type { JsonObject } from '../../../sql-text/tree.ts';
import { NotDerivable, type Derivation, type DeriveInput, type Derived, type Refusal } from './derivation.ts';
import { deriveFree } from './free-model.ts';
import { deriveFrozen } from './frozen-model.ts';
import { unified, withListMarks } from './parameters.ts';
import { readSelect } from './readable.ts';

/**
 * A read model shaped like the chart, from a culprit statement, with the statement rewritten over it. Whatever cannot
 * be shown to give the same answer is not derivable, and the construct is named. What still filters stays a parameter
 * as far as it can; else the result of this one statement is kept (shape `frozen`). Asks `describe` for types only and
 * throws what it throws.
 */
export async function derive(input: DeriveInput): Promise<Derivation> {
  try {
    const read = await readSelect(input.text);
    const { tree, known, rootOf } = await unified(read.tree, input.known);
    const freeze = new Set([...(input.freeze ?? [])].map(rootOf));
    const derived = await deriveEither(tree, { ...input, known, freeze });
    return { ...derived, rewrittenSql: await withListMarks(derived.rewrittenSql, read.squashed) };
  } catch (error) {
    if (error instanceof NotDerivable) return { outcome: 'not_derivable', ...error.refusal };
    throw error;
  }
}

async function deriveEither(tree: JsonObject, input: DeriveInput): Promise<Derived> {
  const free = await attempt(() => deriveFree(tree, input));
  if (free.ok && free.value.shape === 'free') return free.value;
  const frozen = await attempt(() => deriveFrozen(tree, input));
  // With the clock left to the reader there are no parameters, but the model holds for every day.
  if (free.ok && !frozen.ok) return free.value;
  if (frozen.ok) return free.ok ? frozen.value : becauseOf(frozen.value, free.refusal);
  throw new NotDerivable(free.ok ? frozen.refusal : free.refusal);
}

type Attempt = { readonly ok: true; readonly value: Derived } | { readonly ok: false; readonly refusal: Refusal };

async function attempt(work: () => Promise<Derived>): Promise<Attempt> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (error instanceof NotDerivable) return { ok: false, refusal: error.refusal };
    throw error;
  }
}

/** Says what kept the filters from staying free. */
const becauseOf = (frozen: Derived, refusal: Refusal): Derived =>
  frozen.frozenParameters.length === 0
    ? frozen
    : {
        ...frozen,
        notFree: refusal,
        changes: [...frozen.changes, `No filter stays free because of ${refusal.construct}: ${refusal.why}`],
      };
