import type { Plan } from '../../../../shared/model/plan.ts';
import { readerSqlFor } from '../propose/suggest.ts';
import type { RegistryModel } from '../registry/read-registry.ts';

/** What only the store knows of the version that readers see. */
export interface KnownOfVersion {
  /** How the statement, or the widget, that it was made from asks over the model; null where it reads all columns. */
  readonly readerSql: string | null;
  /** It was built by a person's word. */
  readonly unproven: boolean;
}

/** By name, as far as this store holds the plans that built the versions. Pure. */
export function readersOf(
  models: readonly RegistryModel[],
  plans: readonly Plan[],
): ReadonlyMap<string, KnownOfVersion> {
  const known = new Map<string, KnownOfVersion>();
  for (const { name, schema, versions } of models) {
    const current = versions.find(({ state }) => state === 'current');
    const plan = plans.find(({ planId }) => planId === current?.planId);
    if (current === undefined || plan?.proposal == null) continue;
    const { readerSql, derivation } = plan.proposal;
    const statement = plan.proof?.originals?.find(({ kind }) => kind === 'statement')?.rewrittenSql;
    const all = readerSqlFor(schema, name, current.columns, current.keyColumns);
    known.set(name, {
      readerSql: statement ?? derivation?.rewrittenSql ?? (readerSql === all ? null : readerSql),
      unproven: plan.unproven === true,
    });
  }
  return known;
}
