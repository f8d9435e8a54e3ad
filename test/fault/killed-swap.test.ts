import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { getReadModel, listReadModels } from '../../electron/core/read-model/registry/read-models.ts';
import type { Plan } from '../../shared/model/read-model.ts';
import { openShop, systemClock } from '../postgres/read-model/fixture.ts';
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

  const versionSql = (version: number) =>
    `select invoice_id % 50 as k, max(${version}) as v${version === 1 ? '' : ', max(1) as extra'} from erp.invoice group by 1`;
  /** Its backend works on for minutes after its engine is dead. */
  const endless = 'select g % 50 as k, max(2) as v, max(1) as extra from generate_series(1, 4000000000) g group by 1';
  const keyed = { keyColumns: ['k'] };
  const served = async () =>
    (await shop.sql<{ v: number }>('select distinct v from reporting.sales')).map(({ v }) => v);

  const kill = (plan: Plan, killAt: KillPoint) => killer.kill(plan, killAt);

  test.each<KillPoint>(['create:inside', 'fill:running', 'index:committed', 'flip:announced', 'flip:inside'])(
    'killed at %s of version 2, version 1 is served, and the next start undoes what was begun',
    async (killAt) => {
      await shop.build(versionSql(1), keyed);
      const definition = killAt === 'fill:running' ? endless : versionSql(2);
      const killed = await kill(await shop.planFor(definition, keyed), killAt);
      expect(await served()).toEqual([1]);
      const { notice, execution } = await killed.recover();
      expect(execution.state).toBe('undone');
      expect(notice).toMatch(
        /^A plan for read model sales \(new version\) was interrupted in step \d of \d+, ".+"; nothing had been switched, so it was undone, and readers see version 1, as before\.$/,
      );
      expect(await served()).toEqual([1]);
      expect((await shop.left()).filter((name) => name.includes('_v2_'))).toEqual([]);
      expect(await getReadModel(shop.server, 'sales', systemClock)).toMatchObject({ currentVersion: 1, drift: [] });
      expect((await shop.build(versionSql(2), keyed)).state).toBe('done');
    },
  );

  test('killed after the switch was committed and before the store knew, it is finished', async () => {
    await shop.build(versionSql(1), keyed);
    const plan = await shop.planFor(versionSql(2), { ...keyed, question: 'And now?', grantTo: [shop.boss] });
    const killed = await kill(plan, 'flip:committed');
    expect(await served()).toEqual([2]);
    const { notice, execution } = await killed.recover();
    expect(execution).toMatchObject({ state: 'done' });
    expect(execution.steps.every(({ state }) => state === 'done')).toBe(true);
    expect(notice).toContain('its switch had been committed, so it was finished');
    expect(await getReadModel(shop.server, 'sales', systemClock)).toMatchObject({
      currentVersion: 2,
      question: 'And now?',
      drift: [],
    });
  });

  test('killed before its plan was called running, a plan is undone and does not run again', async () => {
    await shop.build(versionSql(1), keyed);
    const killed = await kill(await shop.planFor(versionSql(2), keyed), 'plan:begun');
    const { execution } = await killed.recover();
    expect(execution.state).toBe('undone');
    expect(await served()).toEqual([1]);
  });

  test.each<KillPoint>(['plan:stepped', 'plan:followed', 'plan:ended'])(
    'killed at %s, with every step committed, a plan is done and what follows it is done again',
    async (killAt) => {
      await shop.build(versionSql(1), keyed);
      const killed = await kill(await shop.planFor(versionSql(2), keyed), killAt);
      const { notice, execution } = await killed.recover();
      expect(execution.state).toBe('done');
      expect(notice).toMatch(
        killAt === 'plan:ended' ? /just after its end \(done\)\.$/ : /after its last step; its switch/,
      );
      expect(await served()).toEqual([2]);
    },
  );

  test.each<KillPoint>(['registry:inside', 'create:committed'])(
    'killed at %s of the first read model, nothing is left of it on the server',
    async (killAt) => {
      const killed = await kill(await shop.planFor(versionSql(1), keyed), killAt);
      const { execution } = await killed.recover();
      expect(execution.state).toBe('undone');
      expect(await shop.left()).toEqual([]);
    },
  );

  test.each<[KillPoint, number]>([
    ['flip:inside', 2],
    ['flip:committed', 1],
  ])('killed at %s of a roll back, version %i is served', async (killAt, version) => {
    await shop.build(versionSql(1), keyed);
    await shop.build(versionSql(2), keyed);
    const killed = await kill(await shop.planRollBack('sales'), killAt);
    await killed.recover();
    expect(await served()).toEqual([version]);
    expect(await getReadModel(shop.server, 'sales', systemClock)).toMatchObject({ currentVersion: version, drift: [] });
  });

  test.each<[KillPoint, number]>([
    ['drop:inside', 1],
    ['drop:committed', 0],
  ])('killed at %s, a read model is there whole or not at all', async (killAt, left) => {
    await shop.build(versionSql(1), keyed);
    const killed = await kill(await shop.planDrop('sales'), killAt);
    const { execution } = await killed.recover();
    expect(execution.state).toBe(left === 1 ? 'undone' : 'done');
    expect(await listReadModels(shop.server, systemClock)).toHaveLength(left);
    expect((await shop.left()).filter((name) => name.startsWith('reporting.'))).toHaveLength(left * 3);
  });

  // The other steps are killed above, and the moment before a step is the one after the step before.
  test.each<[KillPoint, 1 | 2]>([
    ['registry:committed', 1],
    ['fill:committed', 1],
    ['analyze:committed', 1],
    ['comment:committed', 2],
    ['grant:committed', 2],
  ])(
    'killed at %s, whatever the step, version %i is served whole and the registry says so',
    async (killAt, version) => {
      await shop.build(versionSql(1), keyed);
      const plan = await shop.planFor(versionSql(2), { ...keyed, question: 'And now?', grantTo: [shop.boss] });
      expect(plan.steps.map(({ kind }) => kind)).toContain(killAt.split(':')[0]);
      const killed = await kill(plan, killAt);
      expect(await served()).toEqual([version]);
      const { execution } = await killed.recover();
      expect(execution.state).toBe(version === 2 ? 'done' : 'undone');
      expect(await served()).toEqual([version]);
      expect(await getReadModel(shop.server, 'sales', systemClock)).toMatchObject({
        currentVersion: version,
        drift: [],
      });
    },
  );

  test.each<[KillPoint, number]>([
    ['drop:inside', 2],
    ['drop:committed', 1],
  ])('killed at %s of the drop of an old version, it is there whole or not at all', async (killAt, left) => {
    await shop.build(versionSql(1), keyed);
    await shop.build(versionSql(2), keyed);
    const killed = await kill(await shop.planDropVersion('sales', 1), killAt);
    const { execution } = await killed.recover();
    expect(execution.state).toBe(left === 2 ? 'undone' : 'done');
    const { versions, drift } = await getReadModel(shop.server, 'sales', systemClock);
    expect(versions).toHaveLength(left);
    expect(drift).toEqual([]);
    expect(await served()).toEqual([2]);
  });

  test.each<[KillPoint, number]>([
    ['flip:inside', 1],
    ['flip:committed', 2],
  ])(
    'killed at %s of a view that is made anew, version %i is served with all that hangs on it',
    async (killAt, version) => {
      await shop.build(versionSql(1), { ...keyed, grantTo: [shop.boss] });
      await shop.sql(`comment on column reporting.sales.v is 'which version'`);
      const breaking = versionSql(2).replace('max(2)', 'max(2)::numeric');
      const killed = await kill(await shop.planFor(breaking, keyed, 'replace'), killAt);
      await killed.recover();
      const type = `select format_type(atttypid, atttypmod) as type, col_description(attrelid, attnum) as comment,
      has_table_privilege('${shop.boss}', 'reporting.sales', 'select') as readable
      from pg_attribute where attrelid = 'reporting.sales'::regclass and attname = 'v'`;
      expect(await shop.sql(type)).toEqual([
        { type: version === 1 ? 'integer' : 'numeric', comment: 'which version', readable: true },
      ]);
      expect(await getReadModel(shop.server, 'sales', systemClock)).toMatchObject({
        currentVersion: version,
        drift: [],
      });
    },
  );

  test('killed while it held before the switch, a plan is undone', async () => {
    await shop.build(versionSql(1), keyed);
    const killed = await kill(await shop.planFor(versionSql(2), keyed), 'plan:held');
    expect(await served()).toEqual([1]);
    const { execution } = await killed.recover();
    expect(execution.state).toBe('undone');
    expect(await getReadModel(shop.server, 'sales', systemClock)).toMatchObject({ currentVersion: 1, drift: [] });
  });

  test('another profile clears away what a killed engine left for ever', async () => {
    await shop.build(versionSql(1), keyed);
    const killed = await kill(await shop.planFor(versionSql(2), keyed), 'index:committed');
    const plan = await shop.planFor(versionSql(2), keyed);
    expect(plan.steps[0]?.title).toContain('which an interrupted plan left unfinished');
    expect((await shop.execute(plan)).state).toBe('done');
    // The first engine comes back and finds that nothing there is its own any more.
    expect((await killed.recover()).execution.state).toBe('undone');
    expect(await served()).toEqual([2]);
    expect(await getReadModel(shop.server, 'sales', systemClock)).toMatchObject({ currentVersion: 2, drift: [] });
  });
});
