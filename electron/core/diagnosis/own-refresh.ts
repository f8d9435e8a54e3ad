import type { Statement } from '../../../shared/model/statement.ts';

/** Sessions of refreshes are called so, with the run behind it. */
const refreshSession = /^daybreak refresh /;
/** The physical relation of a copy: `sales_v2_a` is one of the read model `sales`. */
const copyInText = /\b([a-z_][a-z0-9_]*)_v\d+_[ab]\b/;
const refreshText = /^\s*refresh\s+materialized\s+view\b/i;

/** Which read model a statement refreshes; null: it is no refresh of Daybreak's. */
export function refreshedModel({ text, applicationNames }: Statement): string | null {
  const readModel = copyInText.exec(text ?? '')?.[1] ?? null;
  if (readModel === null) return null;
  const ours = applicationNames.some((name) => refreshSession.test(name));
  // Sessions are sampled and a short refresh may have been missed; nobody else has relations with such names to refresh.
  return ours || (applicationNames.length === 0 && refreshText.test(text ?? '')) ? readModel : null;
}
