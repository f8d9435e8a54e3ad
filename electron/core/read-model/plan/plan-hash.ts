import { createHash } from 'node:crypto';
import type { Plan } from '../../../../shared/model/read-model.ts';
import type { CatalogFacts } from './catalog-facts.ts';

/** What the hash covers of a plan: all that runs. */
export type HashedPlan = Pick<
  Plan,
  'planId' | 'serverId' | 'kind' | 'readModel' | 'schema' | 'fromVersion' | 'toVersion' | 'steps'
>;

/** SHA-256 over what runs, and over the facts that it rests on. Equal facts give an equal hash, whatever their key order. */
export function planHash(plan: HashedPlan, facts: CatalogFacts): string {
  const { planId, serverId, kind, readModel, schema, fromVersion, toVersion, steps } = plan;
  const { preparation: _, rights: __, keepsOptions: ___, ...restsOn } = facts;
  // What is only expected changes nothing of what runs.
  const running = steps.map(({ expectedLock: ____, ...step }) => step);
  const covered = { planId, serverId, kind, readModel, schema, fromVersion, toVersion, steps: running, restsOn };
  return createHash('sha256').update(canonicalJson(covered)).digest('hex');
}

/** JSON with sorted keys; `undefined` is left out, as JSON does. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
