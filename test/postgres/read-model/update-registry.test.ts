import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { planUpdateRegistry } from '../../../electron/core/read-model/plan-for.ts';
import { installedMigrations, registryMigrations } from '../../../electron/core/read-model/registry/migrations.ts';
import { ScheduleTables } from '../../../electron/core/read-model/registry/schedule-registry.ts';
import { ExecutionLog } from '../../../electron/core/read-model/swap/execution-log.ts';
import { recoverPlan } from '../../../electron/core/read-model/swap/recover-plan.ts';
import type { Plan } from '../../../shared/model/read-model.ts';
import { daybreakHere } from '../../support/cli-here.ts';
import { takeRegistryBackTo } from '../../support/older-registry.ts';
import { testServers } from '../../support/postgres.ts';
import { failureOf, openShop, salesByRegion, silent, systemClock } from './fixture.ts';
import { startEngine } from './shop-engine.ts';

describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  let profileDir: string;
  beforeAll(async () => {
    shop = await openShop(testServer, { rows: 100 });
    await shop.build(salesByRegion);
  });
  beforeEach(async () => {
    profileDir = await mkdtemp(join(tmpdir(), 'daybreak-registry-'));
    await takeRegistryBackTo(30, shop.sql);
    expect(Math.max(...((await installed()) ?? []))).toBe(30);
  });
  afterEach(() => rm(profileDir, { recursive: true, force: true }));
  afterAll(() => shop?.close());

  const installed = () => shop.server.withReadonly((session) => installedMigrations(session));
  const all = registryMigrations.map(({ migration }) => migration);
  const lacking = registryMigrations.filter(({ migration }) => migration > 30);
  const planned = (server = shop.server) =>
    planUpdateRegistry({ server, planId: randomUUID(), nowMs: Date.now(), forScript: true });
  const database = async () => (await shop.sql<{ name: string }>('select current_database() as name'))[0]?.name ?? '';
  const served = () => shop.sql('select as_of, region, amount from reporting.sales order by region');
  const versions = () => shop.sql('select read_model, version, state from daybreak.version order by 1, 2');

  test('a plan takes the missing steps alone: schedules are kept from then on, and read models are as they were', async () => {
    const tables = new ScheduleTables(shop.server);
    expect(await tables.look()).toMatchObject({ state: 'older', message: expect.stringContaining('up to date') });
    const before = { rows: await served(), versions: await versions() };
    const plan = await planned();
    expect(plan).toMatchObject({ kind: 'update_registry', confirmWith: await database(), proposal: null });
    expect(plan.steps.map(({ title }) => title)).toEqual(
      lacking.map(({ migration, name }) => `Bring Daybreak's registry up to date (${migration}, ${name})`),
    );
    expect(plan.steps[0]?.lock).toBe('ACCESS EXCLUSIVE on what it creates, daybreak.run');
    expect(plan.warnings.join()).toContain('refuses the registry from then on');
    const from = shop.journal.activity.length;
    expect((await shop.execute(plan)).state).toBe('done');
    expect(await installed()).toEqual(all);
    expect({ rows: await served(), versions: await versions() }).toEqual(before);
    const log = shop.journal.activity.slice(from);
    expect(log.map(({ sql }) => sql)).toContain(lacking[0]?.statements[0]);
    expect(log.every(({ outcome, undoSql }) => outcome === 'done' && undoSql !== null)).toBe(true);
    expect(await tables.look()).toMatchObject({ state: 'ready' });
    expect((await shop.refresh('sales')).state).toBe('done');
    expect(await failureOf(planned())).toMatchObject({ code: 'statement_refused' });
  });

  test('without a registry there is nothing to bring up to date', async () => {
    await shop.sql('alter schema daybreak rename to elsewhere');
    expect(await failureOf(planned())).toMatchObject({ code: 'not_found' });
    await shop.sql('alter schema elsewhere rename to daybreak');
  });

  test('whoever may not change it gets the script for somebody who may', async () => {
    await shop.sql(`grant usage on schema daybreak, erp to ${shop.boss}; grant select on erp.invoice to ${shop.boss};
      grant select on all tables in schema daybreak to ${shop.boss}`);
    const plan = await planned(await shop.openAs(shop.boss));
    expect(plan.scriptOnly?.message).toContain('may not write');
    expect(plan.steps).toHaveLength(lacking.length);
  });

  const interrupted = async (plan: Plan, state: 'running' | 'done') => {
    const execution = ExecutionLog.begin(randomUUID(), plan, Date.now());
    const [first, ...rest] = execution.steps;
    if (first === undefined) throw new Error('the plan has steps');
    const tools = { server: shop.server, journal: shop.journal, clock: systemClock, logger: silent };
    const steps = [{ ...first, state: 'done' as const }, ...rest.map((step) => ({ ...step, state }))];
    return recoverPlan({ ...tools, plan, execution: { ...execution, steps } });
  };

  test('one that was killed in the middle is undone, and one that had all its steps is done', async () => {
    const plan = await planned();
    const own = await shop.connect(shop.daybreak);
    for (const statement of plan.steps[0]?.sql ?? []) await own.query(statement);
    expect((await interrupted(plan, 'running')).execution.state).toBe('undone');
    expect(await installed()).not.toContain(40);
    for (const statement of plan.steps.flatMap(({ sql }) => sql)) await own.query(statement);
    const { execution, notice } = await interrupted(plan, 'running');
    expect(execution.state).toBe('done');
    expect(notice).toContain('readers see the stable views as before');
    expect(await installed()).toEqual(all);
  });

  test('a window says what is missing and runs it when the name of the database is typed', async () => {
    const engine = await startEngine(profileDir);
    const { serverId } = await engine.servers.save({ settings: shop.server.settings, password: shop.password });
    expect((await engine.schedules.overview(serverId)).registry.state).toBe('older');
    expect(await failureOf(engine.schedules.cancelRun(serverId, 'sales'))).toMatchObject({
      code: 'capability_missing',
      detail: { olderRegistry: serverId },
      action: `daybreak call readModels.planUpdateRegistry '{"serverId":"${serverId}"}'`,
    });
    expect((await engine.alerts.desk.list(serverId)).registryIsOlder).toBe(true);
    const { planId, planHash, confirmWith } = await engine.lifecycle.planUpdateRegistry(serverId);
    const wrong = engine.readModels.apply(serverId, { planId, planHash, confirm: 'sales' });
    expect(await failureOf(wrong)).toMatchObject({ code: 'invalid_input' });
    await engine.readModels.apply(serverId, { planId, planHash, confirm: confirmWith });
    expect(await engine.schedules.overview(serverId)).toMatchObject({
      registry: { state: 'ready' },
      models: [{ readModel: 'sales' }],
    });
    expect((await engine.alerts.desk.list(serverId)).registryIsOlder).toBe(false);
    await engine.stop();
  });

  test('so does the command line', async () => {
    const { host, port, user } = shop.server.settings;
    const name = await database();
    const args = ['models', 'update-registry', '--url', `postgres://${user}@${host}:${port}/${name}`];
    const env = { PGPASSWORD: shop.password, DAYBREAK_PROFILE: join(profileDir, 'profile') };
    const asked = await daybreakHere(args, { env });
    expect(asked).toMatchObject({ code: 1, stdout: expect.stringContaining('create table daybreak.schedule') });
    expect(asked.stdout).toContain(`Not run: type ${name}`);
    expect(await installed()).not.toContain(40);
    expect((await daybreakHere([...args, '--yes', name], { env })).stdout).toContain('the registry is up to date');
    expect(await installed()).toEqual(all);
    expect(await daybreakHere(args, { env })).toMatchObject({ code: 0 });
  });
});
