import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCore, type Core } from '../../../electron/core/create-core.ts';
import type { Logger } from '../../../electron/core/ports.ts';
import { procedures } from '../../../electron/hosts/cli/procedures.ts';
import { nodePorts } from '../../../electron/hosts/node-ports.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../../support/postgres.ts';

const [server] = testServers();
if (server === undefined) throw new Error('the bundled PostgreSQL is always there');

/** A password that occurs nowhere else, with characters that URIs and SQL write in other ways. */
const secret = 'pl4nted/s3cret\'%"&';
const spellings = [
  secret,
  encodeURIComponent(secret),
  secret.replaceAll("'", "''"),
  JSON.stringify(secret).slice(1, -1),
];

describe('a password goes in and never comes out', () => {
  let database: TestDatabase;
  let core: Core;
  let profileDir: string;
  const logged: string[] = [];
  const log = (data: object, message: string) => void logged.push(JSON.stringify({ ...data, message }));
  const logger: Logger = { debug: log, info: log, warn: log, error: log };

  beforeAll(async () => {
    database = await createTestDatabase(server);
    const admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    await admin.query(
      `drop role if exists keeper; create role keeper superuser login password ${pg.escapeLiteral(secret)}`,
    );
    await admin.query('create table public.fact as select n as id, n * 1.5 as amount from generate_series(1, 100) n');
    await admin.end();
    profileDir = mkdtempSync(join(tmpdir(), 'daybreak-secrets-'));
    core = await createCore(nodePorts({ paths: { profileDir, resourcesDir: 'resources' }, logger, door: 'test' }));
  });

  afterAll(async () => {
    await core.stop();
    rmSync(profileDir, { recursive: true, force: true });
    await database.drop();
  });

  test('no procedure answers with it, no log line and no file of the profile holds it', async () => {
    const client = createRouterClient(core.router);
    const answers: string[] = [];
    const call = async <T>(answer: Promise<T>): Promise<T> => {
      const value = await answer;
      answers.push(JSON.stringify(value));
      return value;
    };
    const uri = `postgresql://keeper:${encodeURIComponent(secret)}@${server.host}:${server.port}/${database.settings.database}`;
    const parsed = await call(client.connections.parse({ text: uri }));
    if (!parsed.ok || parsed.value.secretId === null) throw new Error('the URI has a password');
    const settings = { ...database.settings, user: 'keeper' };
    await call(client.connections.test({ settings, secretId: parsed.value.secretId }));
    const wrong = await call(client.connections.test({ settings, password: `${secret} wrong` }));
    expect(wrong).toMatchObject({ ok: false, error: { code: 'login_failed' } });
    const saved = await call(client.connections.save({ settings, secretId: parsed.value.secretId }));
    if (!saved.ok) throw new Error(saved.error.message);
    const { serverId } = saved.value;
    expect(await call(client.connections.connect({ serverId, password: secret }))).toMatchObject({ ok: true });

    const from = {
      kind: 'sql' as const,
      sql: 'select id % 10 as bucket, sum(amount) as amount from public.fact group by 1',
    };
    const consumers = [{ consumer: 'monthly report', owner: 'Controlling', budget: { minutes: 60 } }];
    const proposed = await call(client.readModels.propose({ serverId, from, edits: { name: 'buckets', consumers } }));
    if (!proposed.ok) throw new Error(proposed.error.message);
    const plan = await call(client.readModels.plan({ serverId, proposal: proposed.value }));
    if (!plan.ok) throw new Error(plan.error.message);
    const { planId, planHash, confirmWith } = plan.value;
    const one = { serverId };
    const window = { ...one, fromMs: 1, toMs: Date.now() };
    const widget = { ...one, dashboardId: 'none', widgetId: 'none' };
    // Typed by name, so that a new procedure fails this test until it is called here.
    const rest: Readonly<Record<string, () => Promise<unknown>>> = {
      'system.info': () => client.system.info({}),
      'system.events': async () => {
        const abort = new AbortController();
        for await (const event of await client.system.events({}, { signal: abort.signal })) {
          abort.abort();
          return event;
        }
        return null;
      },
      'connections.list': () => client.connections.list({}),
      'connections.parse': () => client.connections.parse({ text: `${uri}?sslmode=nonsense` }),
      'connections.sources': () => client.connections.sources({}),
      'connections.test': () => client.connections.test({ serverId }),
      'connections.save': () => client.connections.save({ serverId, settings, password: secret }),
      'connections.connect': () => client.connections.connect({ serverId }),
      'demo.status': () => client.demo.status({}),
      'demo.startLoad': () => client.demo.startLoad({}),
      'demo.stopLoad': () => client.demo.stopLoad({}),
      'demo.close': () => client.demo.close({}),
      'sampler.readNow': () => client.sampler.readNow(one),
      'sampler.status': () => client.sampler.status(one),
      'sampler.setMode': () => client.sampler.setMode({ ...one, mode: 'incident' }),
      'mornings.timeline': () => client.mornings.timeline(one),
      'mornings.diagnose': () => client.mornings.diagnose(window),
      'mornings.statements': () => client.mornings.statements(window),
      'mornings.finding': () => client.mornings.finding({ ...window, statementId: '1' }),
      'mornings.setClass': () => client.mornings.setClass({ ...one, statementId: '1', class: 'batch' }),
      'mornings.classOverrides': () => client.mornings.classOverrides(one),
      'mornings.compare': () => client.mornings.compare({ ...one, before: window, after: window }),
      'mornings.transactions': () => client.mornings.transactions(window),
      'mornings.blocking': () => client.mornings.blocking(window),
      'mornings.openFindings': () => client.mornings.openFindings({ ...one, all: true }),
      'mornings.dismissFinding': () => client.mornings.dismissFinding({ ...one, fingerprint: 'none', dismissed: true }),
      'readModels.propose': () => client.readModels.propose({ serverId, from }),
      'readModels.siblings': () => client.readModels.siblings({ serverId, statementId: '1' }),
      'readModels.prove': () => client.readModels.prove({ serverId, proposal: proposed.value }),
      'readModels.proof': () => client.readModels.proof({ serverId, proposal: proposed.value }),
      'readModels.proofProgress': () => client.readModels.proofProgress({ ...one, proofRunId: 'none' }),
      'readModels.cancelProof': () => client.readModels.cancelProof({ ...one, proofRunId: 'none' }),
      'readModels.plan': () => client.readModels.plan({ serverId, proposal: proposed.value }),
      'readModels.diffPlans': () => client.readModels.diffPlans({ ...one, before: planId, after: planId }),
      'readModels.dryRun': () => client.readModels.dryRun({ ...one, planId }),
      'readModels.cancelDryRun': () => client.readModels.cancelDryRun({ ...one, planId }),
      'readModels.apply': () => client.readModels.apply({ ...one, planId, planHash, confirm: confirmWith }),
      'readModels.proceed': () => client.readModels.proceed({ ...one, planId }),
      'readModels.cancel': () => client.readModels.cancel({ ...one, planId }),
      'readModels.plans': () => client.readModels.plans(one),
      'readModels.getPlan': () => client.readModels.getPlan({ ...one, planId }),
      'readModels.list': () => client.readModels.list(one),
      'readModels.get': () => client.readModels.get({ ...one, name: 'buckets' }),
      'readModels.refresh': () => client.readModels.refresh({ ...one, name: 'buckets' }),
      'readModels.setRefreshMode': () => client.readModels.setRefreshMode({ ...one, name: 'buckets', mode: null }),
      'readModels.cancelRefresh': () => client.readModels.cancelRefresh({ ...one, name: 'buckets' }),
      'readModels.planRollBack': () => client.readModels.planRollBack({ ...one, name: 'buckets' }),
      'readModels.planDropVersion': () => client.readModels.planDropVersion({ ...one, name: 'buckets', version: 1 }),
      'readModels.planDrop': () => client.readModels.planDrop({ ...one, name: 'buckets' }),
      'readModels.planSuspend': () => client.readModels.planSuspend({ ...one, name: 'buckets' }),
      'readModels.planResume': () => client.readModels.planResume({ ...one, name: 'buckets' }),
      'readModels.detachScript': () => client.readModels.detachScript(one),
      'readModels.importable': () => client.readModels.importable(one),
      'readModels.planImport': () =>
        client.readModels.planImport({ ...one, schema: 'public', relation: 'none', owner: 'Controlling', consumers }),
      'readModels.refreshInOrder': () => client.readModels.refreshInOrder(one),
      'readModels.exportDefinitions': () => client.readModels.exportDefinitions(one),
      'readModels.diffDefinitions': () => client.readModels.diffDefinitions({ ...one, files: [] }),
      'readModels.planDefinition': () => client.readModels.planDefinition({ ...one, name: 'buckets', files: [] }),
      'readModels.planUninstall': () => client.readModels.planUninstall(one),
      'readModels.uninstallScript': () => client.readModels.uninstallScript(one),
      'dashboards.list': () => client.dashboards.list(one),
      'dashboards.get': () => client.dashboards.get(widget),
      'dashboards.cached': () => client.dashboards.cached(widget),
      'dashboards.data': () => client.dashboards.data(widget),
      'dashboards.setSource': () =>
        client.dashboards.setSource({ ...widget, source: { kind: 'live', sql: 'select 1' } }),
      'dashboards.addReadModel': () => client.dashboards.addReadModel({ ...one, readModel: 'buckets' }),
      'dashboards.removeWidget': () => client.dashboards.removeWidget(widget),
      'explain.run': () => client.explain.run({ ...one, statementId: '1' }),
      'explain.cancel': () => client.explain.cancel({ ...one, statementId: '1' }),
      'explain.list': () => client.explain.list({ ...one, statementId: '1' }),
      'explain.compare': () => client.explain.compare({ ...one, beforeExplainId: 'none', afterExplainId: 'none' }),
      'indexes.advise': () => client.indexes.advise({ ...one, statementId: '1' }),
      'indexes.onlyReports': () => client.indexes.onlyReports(window),
      'experiments.start': () =>
        client.experiments.start({ ...one, statementId: '1', days: 4, fromMinute: 480, toMinute: 540 }),
      'experiments.list': () => client.experiments.list(one),
      'experiments.exclude': () =>
        client.experiments.exclude({ ...one, experimentId: 'none', day: '2026-01-05', reason: 'a holiday' }),
      'experiments.end': () => client.experiments.end({ ...one, experimentId: 'none', state: 'ended' }),
      'history.usage': () => client.history.usage(one),
      'history.exportCapture': () => client.history.exportCapture(window),
      'history.captures': () => client.history.captures({}),
      'history.receiveCapture': () =>
        client.history.receiveCapture({ uploadId: crypto.randomUUID(), offset: 0, base64: 'bm9uZQ==', last: true }),
      'history.openCapture': () => client.history.openCapture({ file: 'none.daybreak' }),
      'activity.list': () => client.activity.list(one),
      'connections.disconnect': () => client.connections.disconnect(one),
      'connections.remove': () => client.connections.remove({ ...one, confirm: 'not the name' }),
    };
    // Opening the demo ERP starts a server of its own; its answer is the one of demo.status.
    const called = new Set([...Object.keys(rest), 'demo.open']);
    expect(procedures.map(({ name }) => name).filter((name) => !called.has(name))).toEqual([]);
    for (const ask of Object.values(rest)) await call(ask());
    await core.stop();

    const files = readdirSync(profileDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
    expect(files.length).toBeGreaterThan(0);
    for (const text of [...answers, ...logged, ...files]) {
      for (const spelling of spellings) expect(text.includes(spelling)).toBe(false);
    }
    // The search itself can find something: what we know to be stored is found.
    expect(files.some((text) => text.includes(database.settings.label))).toBe(true);
  });
});
