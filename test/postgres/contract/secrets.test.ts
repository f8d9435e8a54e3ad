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
/** One of the SSH server before it. */
const tunnelSecret = 'pl4nted/passphr4se\'%"&';
const spellings = [secret, tunnelSecret].flatMap((planted) => [
  planted,
  encodeURIComponent(planted),
  planted.replaceAll("'", "''"),
  JSON.stringify(planted).slice(1, -1),
]);

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

    const tunnel = { host: '127.0.0.1', port: 1, user: 'keeper', jumps: [], keepaliveSeconds: 0 };
    const through = { ...settings, tunnel: { ...tunnel, auth: { kind: 'password' as const } } };
    const tunnelSecrets = { 'keeper@127.0.0.1:1': tunnelSecret };
    const tunnelled = await call(client.connections.save({ settings: through, tunnelSecrets }));
    if (!tunnelled.ok) throw new Error(tunnelled.error.message);
    expect(tunnelled.value.tunnelSecretsKept).toEqual(['keeper@127.0.0.1:1']);
    const behind = { serverId: tunnelled.value.serverId };
    expect(await call(client.connections.connect({ ...behind, tunnelSecrets }))).toMatchObject({ ok: false });
    expect(await call(client.connections.test({ settings: through, tunnelSecrets }))).toMatchObject({ ok: false });

    const from = {
      kind: 'sql' as const,
      sql: 'select id % 10 as bucket, sum(amount) as amount from public.fact group by 1',
    };
    const consumers = [{ consumer: 'monthly report', owner: 'Controlling', budget: { minutes: 60 } }];
    const proposed = await call(client.readModels.propose({ serverId, from, edits: { name: 'buckets', consumers } }));
    if (!proposed.ok) throw new Error(proposed.error.message);
    const plan = await call(client.readModels.plan({ serverId, proposal: proposed.value, unproven: true }));
    if (!plan.ok) throw new Error(plan.error.message);
    const { planId, planHash, confirmWith } = plan.value;
    const one = { serverId };
    const window = { ...one, fromMs: 1, toMs: Date.now() };
    const widget = { ...one, dashboardId: 'none', widgetId: 'none' };
    const draft = {
      title: 'One',
      question: '?',
      kind: 'number' as const,
      source: { kind: 'live' as const, sql: 'select 1 as amount' },
      budget: 'live' as const,
      x: null,
      series: null,
      values: ['amount'],
      formats: {},
      currency: null,
    };
    const calendar = {
      name: 'stock taking',
      timeZone: 'Europe/Berlin',
      rules: [{ kind: 'dates' as const, fromDate: '2026-01-02', toDate: '2026-01-02', from: '07:00', to: '20:00' }],
      noRefresh: true,
      noSwap: false,
      readModels: null,
    };
    // Nobody listens there: what the failure says is searched, too.
    const mail = {
      channelId: 'mail',
      label: 'mail',
      enabled: true,
      quiet: null,
      target: {
        kind: 'email' as const,
        host: '127.0.0.1',
        port: 1,
        security: 'none' as const,
        caFile: null,
        user: 'keeper',
        from: 'daybreak@example.com',
        to: ['dba@example.com'],
      },
    };
    // Typed by name, so that a new procedure fails this test until it is called here.
    const rest: Readonly<Record<string, () => Promise<unknown>>> = {
      'system.info': () => client.system.info({}),
      'system.attach': () => client.system.attach({ tunnel: through.tunnel, profile: null, tunnelSecrets }),
      'system.detach': () => client.system.detach({}),
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
      'connections.trustHostKey': () =>
        client.connections.trustHostKey({
          host: 'db.example',
          port: 22,
          key: Buffer.from(secret.repeat(2)).toString('base64'),
          fingerprint: `SHA256:${'A'.repeat(43)}`,
        }),
      'connections.forgetHostKey': () => client.connections.forgetHostKey({ host: 'db.example', port: 22 }),
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
      'readModels.originals': () => client.readModels.originals({ serverId, proposal: proposed.value }),
      'readModels.prove': () => client.readModels.prove({ serverId, proposal: proposed.value }),
      'readModels.proof': () => client.readModels.proof({ serverId, proposal: proposed.value }),
      'readModels.proofProgress': () => client.readModels.proofProgress({ ...one, proofRunId: 'none' }),
      'readModels.cancelProof': () => client.readModels.cancelProof({ ...one, proofRunId: 'none' }),
      'readModels.plan': () => client.readModels.plan({ serverId, proposal: proposed.value, unproven: true }),
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
      'readModels.proveDefinition': () => client.readModels.proveDefinition({ ...one, name: 'buckets', files: [] }),
      'readModels.planDefinition': () => client.readModels.planDefinition({ ...one, name: 'buckets', files: [] }),
      'readModels.planUninstall': () => client.readModels.planUninstall(one),
      'readModels.uninstallScript': () => client.readModels.uninstallScript(one),
      'dashboards.list': () => client.dashboards.list(one),
      'dashboards.get': () => client.dashboards.get(widget),
      'dashboards.opening': () =>
        client.dashboards.opening({ lastServerId: serverId, dashboardId: null, onDashboards: 'yes' }),
      'dashboards.cached': () => client.dashboards.cached(widget),
      'dashboards.data': () => client.dashboards.data(widget),
      'dashboards.setSource': () =>
        client.dashboards.setSource({ ...widget, source: { kind: 'live', sql: 'select 1' } }),
      'dashboards.addReadModel': () => client.dashboards.addReadModel({ ...one, readModel: 'buckets' }),
      'dashboards.exportWidget': () => client.dashboards.exportWidget({ ...widget, format: 'csv' }),
      'dashboards.exportDashboard': async () => {
        const shown = { ...one, dashboardId: `read-models-${serverId}` };
        const reply = await client.dashboards.exportDashboard({ ...shown, format: 'svg' });
        // A file is searched as what it holds.
        return reply.ok ? Buffer.from(reply.value.base64, 'base64').toString('utf8') : reply;
      },
      'dashboards.removeWidget': () => client.dashboards.removeWidget(widget),
      'dashboards.restoreWidget': () => client.dashboards.restoreWidget(widget),
      'dashboards.create': () => client.dashboards.create({ ...one, title: 'Board' }),
      'dashboards.rename': () => client.dashboards.rename({ ...widget, title: 'Other' }),
      'dashboards.setLocale': () => client.dashboards.setLocale({ ...widget, locale: 'de-DE' }),
      'dashboards.duplicate': () => client.dashboards.duplicate(widget),
      'dashboards.remove': () => client.dashboards.remove({ ...widget, confirm: 'Board' }),
      'dashboards.removed': () => client.dashboards.removed(one),
      'dashboards.restore': () => client.dashboards.restore(widget),
      'dashboards.forget': () => client.dashboards.forget({ ...widget, confirm: 'Board' }),
      'dashboards.addWidget': () => client.dashboards.addWidget({ ...widget, widget: draft }),
      'dashboards.updateWidget': () => client.dashboards.updateWidget({ ...widget, widget: draft }),
      'dashboards.duplicateWidget': () => client.dashboards.duplicateWidget(widget),
      'dashboards.arrange': () => client.dashboards.arrange({ ...widget, places: [] }),
      'dashboards.preview': () => client.dashboards.preview({ ...one, widget: draft }),
      'dashboards.offer': () => client.dashboards.offer({ ...one, from: { kind: 'read_model', readModel: 'buckets' } }),
      'dashboards.results': () => client.dashboards.results(widget),
      'dashboards.result': () => client.dashboards.result({ ...widget, resultId: '1' }),
      'dashboards.exportPack': () => client.dashboards.exportPack(one),
      'dashboards.packs': () => client.dashboards.packs({}),
      'dashboards.receivePack': () =>
        client.dashboards.receivePack({ uploadId: crypto.randomUUID(), offset: 0, base64: 'bm9uZQ==', last: true }),
      'dashboards.openPack': () => client.dashboards.openPack({ file: 'none.daybreak-pack' }),
      'offlineCache.status': () => client.offlineCache.status({}),
      'offlineCache.setLimits': () => client.offlineCache.setLimits({ resultsKept: 30, capBytes: 2 ** 29 }),
      // The same words protect both: neither is told.
      'offlineCache.protect': () => client.offlineCache.protect({ with: 'passphrase', passphrase: secret }),
      'offlineCache.lock': () => client.offlineCache.lock({}),
      'offlineCache.unlock': () => client.offlineCache.unlock({ passphrase: secret }),
      'dashboards.setFilters': () => client.dashboards.setFilters({ ...widget, filters: [] }),
      'dashboards.filterColumns': () => client.dashboards.filterColumns(widget),
      'dashboards.filterChoices': () => client.dashboards.filterChoices({ ...widget, filterId: 'region' }),
      'dashboards.compareLive': () => client.dashboards.compareLive(widget),
      'dashboards.cancelCompare': () => client.dashboards.cancelCompare(widget),
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
      'readModels.planUpdateRegistry': () => client.readModels.planUpdateRegistry(one),
      'schedule.overview': () => client.schedule.overview(one),
      'schedule.get': () => client.schedule.get({ ...one, readModel: 'buckets' }),
      'schedule.set': () => client.schedule.set({ ...one, readModel: 'buckets', schedule: { kind: 'hand' } }),
      'schedule.preview': () => client.schedule.preview({ ...one, readModel: 'buckets', schedule: { kind: 'budget' } }),
      'schedule.pause': () => client.schedule.pause({ ...one, readModel: 'buckets', why: 'stock taking' }),
      'schedule.resume': () => client.schedule.resume({ ...one, readModel: 'buckets' }),
      'schedule.refreshNow': () => client.schedule.refreshNow({ ...one, readModel: 'buckets' }),
      'schedule.cancelRun': () => client.schedule.cancelRun({ ...one, readModel: 'buckets' }),
      'schedule.calendars': () => client.schedule.calendars(one),
      'schedule.saveCalendar': () => client.schedule.saveCalendar({ ...one, calendar }),
      'schedule.previewCalendar': () => client.schedule.previewCalendar({ ...one, calendar }),
      'schedule.removeCalendar': () => client.schedule.removeCalendar({ ...one, name: calendar.name }),
      'schedule.runs': () => client.schedule.runs(one),
      'schedule.guardDecisions': () => client.schedule.guardDecisions(one),
      'schedule.runners': () => client.schedule.runners(one),
      'schedule.forgetRunner': () => client.schedule.forgetRunner({ ...one, runner: 'none' }),
      'schedule.settings': () => client.schedule.settings(one),
      'schedule.setSettings': () => client.schedule.setSettings({ ...one, settings: {} }),
      'schedule.setRunner': () => client.schedule.setRunner({ ...one, on: false }),
      'alerts.saveChannel': () =>
        client.alerts.saveChannel({ channel: { ...mail, channelId: undefined, label: 'other' }, secret }),
      'alerts.test': () => client.alerts.test({ channel: mail, secret }),
      'alerts.channels': () => client.alerts.channels({}),
      'alerts.removeChannel': () => client.alerts.removeChannel({ channelId: 'none', confirm: 'none' }),
      'alerts.watchNow': () => client.alerts.watchNow(one),
      'alerts.watching': () => client.alerts.watching(one),
      'alerts.list': () => client.alerts.list(one),
      'alerts.acknowledge': () => client.alerts.acknowledge({ ...one, episodeId: 'none', acknowledged: true }),
      'alerts.snooze': () => client.alerts.snooze({ ...one, episodeId: 'none', untilMs: null }),
      'alerts.sendAgain': () => client.alerts.sendAgain({ ...one, episodeId: 'none', deliveryId: 'none' }),
      'alerts.notices': async () => {
        const abort = new AbortController();
        const shown = (await client.alerts.notices({}, { signal: abort.signal }))[Symbol.asyncIterator]();
        const first = shown.next();
        await client.alerts.test({ channelId: 'desktop' });
        const notice = await first;
        abort.abort();
        return notice;
      },
      'connections.setExecutive': () => client.connections.setExecutive({ ...one, executive: true }),
      'connections.executiveScript': () => client.connections.executiveScript(one),
      'connections.reach': () => client.connections.reach(one),
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
