import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEngine, type RunningEngine } from '../../../electron/core/create-engine.ts';
import { nodePorts } from '../../../electron/hosts/node-ports.ts';
import type { Dashboard, Widget, WidgetSource } from '../../../shared/model/dashboard.ts';
import { listeningLogger } from '../../support/door.ts';
import { testServers } from '../../support/postgres.ts';
import { failureOf, openShop, salesByRegion } from './fixture.ts';
import { psql } from './psql.ts';

const widget = (widgetId: string, source: WidgetSource): Widget => ({
  widgetId,
  title: `The ${widgetId}`,
  question: '?',
  kind: 'table',
  source,
  budget: { minutes: 60 },
  x: null,
  series: null,
  values: ['amount'],
  formats: {},
  currency: null,
  layout: { x: 0, y: 0, w: 6, h: 4 },
});
const model = (name: string, columns: string): WidgetSource => ({
  kind: 'read_model',
  readModel: name,
  sql: `select as_of, ${columns} from reporting.${name}`,
});

describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  let engine: RunningEngine;
  let profileDir: string;
  let serverId: string;
  /** A name that has to be quoted everywhere, of a run of its own: roles belong to the whole server. */
  const role = `Board "${testServer.major}" o'hara ${process.pid}`;
  const dashboard = (): Dashboard => ({
    dashboardId: 'board',
    serverId,
    title: 'Board',
    widgets: [
      widget('sales', model('sales', 'region, amount')),
      widget('returns', model('returns', 'region, amount')),
      widget('invoices', { kind: 'live', sql: 'select amount from erp.invoice limit 5' }),
    ],
  });
  const logger = listeningLogger();

  beforeAll(async () => {
    shop = await openShop(testServer);
    await shop.build(salesByRegion);
    await shop.build('select region, sum(amount) as amount from erp.invoice where amount < 0 group by region', {
      name: 'returns',
    });
    profileDir = mkdtempSync(join(tmpdir(), 'daybreak-executive-'));
    const ports = nodePorts({ paths: { profileDir, resourcesDir: 'resources' }, logger, door: 'test' });
    engine = await createEngine(ports, { background: true });
    const saved = await engine.servers.save({ settings: shop.server.settings, password: shop.password });
    serverId = saved.serverId;
    await engine.servers.connect(serverId, shop.password);
    await engine.history.dashboards.save(dashboard());
  });

  afterAll(async () => {
    await engine?.stop();
    if (profileDir) rmSync(profileDir, { recursive: true, force: true });
    await shop?.close();
  });

  const superuser = (script: string) => psql(testServer, shop.url, script);
  const quoted = `"${role.replaceAll('"', '""')}"`;

  test('the script of the role can be run, and run again, and finds nothing else that the role reads', async () => {
    const { script, views } = await engine.executive.script(serverId, role);
    expect(views).toEqual(['reporting.returns', 'reporting.sales']);
    expect(await superuser(script)).toContain('(0 rows)');
    expect(await superuser(script)).toContain('(0 rows)');
    await shop.sql(`alter role ${quoted} password '${shop.password}'`);
  });

  test('the role reads every stable view with its as-of, and no table, copy or registry besides', async () => {
    const client = await shop.connect(role);
    const names = (await engine.executive.script(serverId, role)).views;
    for (const name of names) await client.query(`select as_of, region from ${name}`);
    const [sales] = (await client.query('select as_of from reporting.sales limit 1')).rows as { as_of: Date }[];
    expect(Date.now() - (sales?.as_of.getTime() ?? 0)).toBeLessThan(600_000);
    for (const refused of [
      'erp.invoice',
      'reporting.sales_v1_a',
      'daybreak.read_model',
      'daybreak.run',
      'daybreak.consumer',
      'daybreak.version',
      'daybreak.copy',
      'daybreak.calendar',
      'daybreak.schedule',
    ]) {
      await expect(client.query(`select * from ${refused}`), refused).rejects.toMatchObject({ code: '42501' });
    }
    await expect(client.query('create table public.mine (n int)')).rejects.toMatchObject({ code: '25006' });
    // The belt comes off for any session; the grants hold all the same.
    await client.query('set default_transaction_read_only = off');
    await expect(client.query('create table reporting.mine (n int)')).rejects.toMatchObject({ code: '42501' });
    await expect(client.query('update daybreak.copy set data_as_of = now()')).rejects.toMatchObject({ code: '42501' });
  });

  test('the app works with it: numbers with their age, words where a right is missing, and a quiet log', async () => {
    await engine.servers.save({ serverId, settings: { ...shop.server.settings, user: role }, password: shop.password });
    logger.lines.length = 0;
    await engine.servers.setExecutive(serverId, true);
    const connected = await engine.servers.connect(serverId, shop.password);
    expect(connected).toMatchObject({ state: 'connected', settings: { executive: true } });

    const sales = await engine.dashboards.data(serverId, 'board', 'sales');
    expect(sales.rows).toHaveLength(5);
    expect(sales.freshness).toMatchObject({ state: 'fresh', source: 'live' });
    // Why a number stays as old as it is, too.
    await shop.sql(
      `insert into daybreak.calendar (name, definition, updated_by) values ('month-end', '${JSON.stringify({
        name: 'month-end',
        timeZone: 'UTC',
        rules: [{ kind: 'weekly', weekdays: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' }],
        noRefresh: true,
        noSwap: true,
        readModels: ['returns'],
      })}', 'anna')`,
    );
    await shop.sql(
      `insert into daybreak.schedule (read_model, schedule, paused_at) values ('sales', '{"kind": "budget"}', now())
       on conflict (read_model) do update set paused_at = excluded.paused_at`,
    );
    engine.events.publish('schedule', serverId);
    const holdsOf = async (widgetId: string) =>
      (await engine.dashboards.data(serverId, 'board', widgetId)).freshness.holds;
    expect(await holdsOf('sales')).toEqual([{ kind: 'paused', sinceMs: expect.any(Number) }]);
    expect(await holdsOf('returns')).toMatchObject([{ kind: 'frozen', window: { calendar: 'month-end' } }]);
    const cached = await engine.dashboards.cached(serverId, 'board');
    expect(cached.find(({ widgetId }) => widgetId === 'returns')?.freshness).toMatchObject({
      source: 'cache',
      holds: [{ kind: 'frozen', window: { calendar: 'month-end' } }],
    });
    await shop.sql('delete from daybreak.calendar; delete from daybreak.schedule');
    engine.events.publish('schedule', serverId);
    // A read model without rows has its age from the registry: that is what those few columns are granted for.
    const returns = await engine.dashboards.data(serverId, 'board', 'returns');
    expect(returns.rows).toEqual([]);
    expect(returns.freshness.state).toBe('fresh');
    const refused = await failureOf(engine.dashboards.data(serverId, 'board', 'invoices'));
    expect(refused).toMatchObject({ code: 'permission_denied', sqlstate: '42501' });
    expect(refused.message).toContain(`may not read. Its number comes once a read model answers it`);
    expect(refused.action).toBeUndefined();

    expect(await engine.executive.reach(serverId)).toEqual({
      role,
      stableViews: ['reporting.returns', 'reporting.sales'],
      others: [],
      otherCount: 0,
    });
    await sleep(1_500);
    expect(await engine.servers.samplerStatus(serverId)).toMatchObject({ running: false, problem: null });
    expect(await failureOf(engine.servers.sampler(serverId))).toMatchObject({ code: 'not_available' });
    expect(logger.lines.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
    const denied = await failureOf(engine.readModels.list(serverId));
    expect(denied).toMatchObject({ code: 'permission_denied' });
    const noScript = await failureOf(engine.executive.script(serverId, role));
    expect(noScript).toMatchObject({ code: 'permission_denied', message: expect.stringContaining('should not') });
    expect(noScript.action).toBeUndefined();
  });

  test('the mode stays on after a restart, and goes with one step; a role that sees all is sampled again', async () => {
    await engine.stop();
    const ports = nodePorts({ paths: { profileDir, resourcesDir: 'resources' }, logger, door: 'test' });
    engine = await createEngine(ports, { background: true });
    const stored = async () => (await engine.servers.list()).find((each) => each.serverId === serverId)?.settings;
    expect((await stored())?.executive).toBe(true);
    await engine.servers.connect(serverId, shop.password);
    await engine.servers.setExecutive(serverId, false);
    expect(await stored()).not.toHaveProperty('executive');
    expect(engine.servers.isOpen(serverId)).toBe(true);
    await expect
      .poll(async () => (await engine.servers.samplerStatus(serverId)).running, { timeout: 10_000 })
      .toBe(true);
  });

  test('the registry knows the reader: no drift, and what is built next is granted to it as well', async () => {
    await engine.servers.save({ serverId, settings: shop.server.settings, password: shop.password });
    await engine.servers.connect(serverId, shop.password);
    const models = await engine.readModels.list(serverId);
    expect(models.map(({ name, drift }) => [name, drift])).toEqual([
      ['returns', []],
      ['sales', []],
    ]);
  });

  test('a role that is there already with more rights is refused, and left as it is', async () => {
    const { script } = await engine.executive.script(serverId, testServer.user);
    await expect(superuser(script)).rejects.toThrow(/is there already, and can do more/);
    const member = `member_${process.pid}_${testServer.major}`;
    await shop.sql(`create role ${member} login in role pg_read_all_data`);
    try {
      const { script: other } = await engine.executive.script(serverId, member);
      await expect(superuser(other)).rejects.toThrow(/Choose another name/);
    } finally {
      await shop.sql(`drop role ${member}`);
    }
  });

  test('what PUBLIC may read is listed, since the role reads it too', async () => {
    await shop.sql('create table public.loose (n int); grant select on public.loose to public');
    try {
      const { script } = await engine.executive.script(serverId, role);
      expect(await superuser(script)).toContain('public.loose');
    } finally {
      await shop.sql('drop table public.loose');
    }
  });

  test('it is taken away again without a trace, unless it owns something', async () => {
    const { takeAway } = await engine.executive.script(serverId, role);
    await shop.sql(`create schema theirs authorization ${quoted}`);
    await expect(superuser(takeAway)).rejects.toThrow(/owns something/);
    await shop.sql('drop schema theirs');
    await superuser(takeAway);
    expect(await shop.sql('select from pg_roles where rolname = $1', [role])).toEqual([]);
    expect(await shop.sql('select from daybreak.reader where role_name = $1', [role])).toEqual([]);
  });

  test('without a stable view there is nothing to grant, and it says so', async () => {
    const empty = await openShop(testServer);
    try {
      const { serverId: other } = await engine.servers.save({
        settings: empty.server.settings,
        password: empty.password,
      });
      expect(await failureOf(engine.executive.script(other, role))).toMatchObject({ code: 'not_available' });
      await engine.servers.disconnect(other);
    } finally {
      await empty.close();
    }
  });
});
