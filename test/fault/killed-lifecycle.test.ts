import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { planImport, planSuspend, planUninstall } from '../../electron/core/read-model/plan-for.ts';
import { getReadModel, listReadModels } from '../../electron/core/read-model/registry/read-models.ts';
import type { Plan } from '../../shared/model/read-model.ts';
import { openShop, salesByRegion, systemClock } from '../postgres/read-model/fixture.ts';
import { testServers } from '../support/postgres.ts';
import { engineKiller, type EngineKiller } from './engine-killer.ts';
import type { KillPoint } from './killed-engine.ts';

describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  let dir: string;
  let killer: EngineKiller;
  beforeAll(async () => {
    shop = await openShop(testServer);
    dir = await mkdtemp(join(tmpdir(), 'daybreak-killed-'));
    killer = engineKiller(shop, dir);
  });
  afterAll(async () => {
    killer?.stop();
    await shop?.close();
    await rm(dir, { recursive: true, force: true });
  });
  beforeEach(() =>
    shop.sql(`do $$ begin
      drop schema if exists reporting cascade; drop schema if exists daybreak cascade; end $$`),
  );
  const killAndRecover = async (plan: Plan, killAt: KillPoint) => (await killer.kill(plan, killAt)).recover();
  const stamp = () => ({ server: shop.server, planId: randomUUID(), nowMs: Date.now() });
  const model = () => getReadModel(shop.server, 'sales', systemClock);
  const served = async () => (await shop.sql('select as_of, region from reporting.sales')).length;

  test.each<[KillPoint, 'undone' | 'done']>([
    ['create:inside', 'undone'],
    ['create:committed', 'undone'],
    ['flip:announced', 'undone'],
    ['flip:inside', 'undone'],
    ['flip:committed', 'done'],
    ['plan:followed', 'done'],
  ])('killed at %s of suspending, readers have rows all along, and it is %s', async (killAt, state) => {
    await shop.build(salesByRegion);
    const plan = await planSuspend({ ...stamp(), name: 'sales' });
    const { execution } = await killAndRecover(plan, killAt);
    expect(execution.state).toBe(state);
    expect(await served()).toBe(5);
    expect(await model()).toMatchObject({ drift: [], suspended: state === 'done' ? { by: shop.daybreak } : null });
    expect((await shop.left()).filter((name) => name.includes('_kept') || name.includes('_k1'))).toEqual([]);
    if (state === 'undone') expect((await shop.refresh('sales')).state).toBe('done');
  });

  test.each<[KillPoint, 'undone' | 'done']>([
    ['drop:announced', 'undone'],
    ['drop:inside', 'undone'],
    ['drop:committed', 'done'],
  ])('killed at %s of uninstalling, the stable view serves on, and it is %s', async (killAt, state) => {
    await shop.build(salesByRegion);
    const { execution, notice } = await killAndRecover(await planUninstall(stamp()), killAt);
    expect(execution.state).toBe(state);
    expect(notice).toContain(state === 'done' ? 'with their as-of written out' : 'the stable views as before');
    expect(await served()).toBe(5);
    expect(await listReadModels(shop.server, systemClock)).toHaveLength(state === 'done' ? 0 : 1);
  });

  test.each<[KillPoint, 'undone' | 'done']>([
    ['fill:inside', 'undone'],
    ['flip:inside', 'undone'],
    ['flip:committed', 'done'],
    ['drop:announced', 'done'],
  ])('killed at %s of an import, the old name answers, and it is %s', async (killAt, state) => {
    await shop.sql(`create schema reporting; grant usage, create on schema reporting to ${shop.daybreak};
      create materialized view reporting.sales as ${salesByRegion};
      alter materialized view reporting.sales owner to ${shop.daybreak}`);
    const proposal = await shop.propose(salesByRegion);
    const plan = await planImport({ ...stamp(), schema: 'reporting', imports: 'sales', proposal });
    const { execution } = await killAndRecover(plan, killAt);
    expect(execution.state).toBe(state);
    expect((await shop.sql('select region from reporting.sales')).length).toBe(5);
    const left = (await shop.left()).filter((name) => /^reporting\.[a-z_0-9]+$/.test(name) && !name.endsWith('_key'));
    expect(left).toEqual(state === 'done' ? ['reporting.sales', 'reporting.sales_v1_a'] : ['reporting.sales']);
    if (state === 'done') expect(await model()).toMatchObject({ currentVersion: 1, drift: [] });
  });
});
