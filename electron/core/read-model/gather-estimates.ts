import { readDiskSettings, readRelationBytes } from '../postgres/queries/catalog-estimates.ts';
import type { Sql } from '../postgres/session.ts';
import type { EstimateFacts } from './plan/estimate-plan.ts';
import { pastRuns } from './refresh/run-rows.ts';
import type { RegistryModel } from './registry/read-registry.ts';
import { copyName } from './sql/names.ts';

/** What the time and space of a plan for a read model are foreseen from; `model` is null for a new name. */
export async function gatherEstimates(sql: Sql, model: RegistryModel | null): Promise<EstimateFacts> {
  const settings = await readDiskSettings(sql);
  const current = model?.versions.find(({ state }) => state === 'current');
  if (model === null || current === undefined) return { live: null, ...settings };
  const bytes = await readRelationBytes(sql, model.schema, copyName(model.name, current.version, current.liveSlot));
  if (bytes === null) return { live: null, ...settings };
  const runs = await pastRuns(sql, model.name, current.version);
  const filled = runs.find(({ mode }) => mode === 'side_by_side' || mode === 'full');
  const rows = current.copies.find(({ slot }) => slot === current.liveSlot)?.rows ?? null;
  return { live: { ...bytes, rows, fillMs: filled?.tookMs ?? current.verification?.fillMs ?? null }, ...settings };
}
