import { readFile, readdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createEngine, type RunningEngine } from '../../../../../electron/core/create-engine.ts';
import { sourceHash } from '../../../../../electron/core/dashboards/source-hash.ts';
import { filtersKey, resolveFilters } from '../../../../../electron/core/dashboards/filters/resolve-filters.ts';
import { nodePorts } from '../../../../../electron/hosts/node-ports.ts';
import { unreachable } from '../../../../support/engine-with-history.ts';
import { dashboardOf, now, numberAt, widgetOf } from '../../history/saved-result.ts';
import { quiet, testFolder } from '../../history/store.ts';

const password = 'pl4nted-s3cret';
const host = 'erp-db-07.internal.example';
const user = 'controlling_reader';

async function machine(): Promise<RunningEngine & { readonly profileDir: string }> {
  const profileDir = await testFolder();
  const ports = nodePorts({ paths: { profileDir, resourcesDir: '' }, logger: quiet, door: 'test' });
  const engine = await createEngine(ports, { background: false });
  onTestFinished(() => engine.stop());
  return Object.assign(engine, { profileDir });
}

const sales = widgetOf(
  'sales',
  `select * from dblink('host=far password=${password} user=x', 'select 1') as t(amount int)`,
);
const costs = {
  ...widgetOf('costs'),
  source: { kind: 'read_model' as const, readModel: 'costs', sql: 'select as_of, amount from reporting.costs' },
};

/** What the server said of each row of costs. */
const doubled = { expression: 'amount * 2', values: { type: 'numeric', cells: ['14', '16'] } };

const byAmount = { kind: 'choice' as const, filterId: 'amount', label: 'Amount', columns: ['amount'] };
const chosen = (...values: string[]) => ({ amount: { kind: 'values' as const, values } });

/** A machine that knows a server with two dashboards and their numbers. */
async function sender() {
  const engine = await machine();
  const { serverId } = await engine.servers.save({
    settings: { ...unreachable, label: 'Invoices', host, user },
    password,
  });
  await engine.history.dashboards.save({ ...dashboardOf('executive', serverId, [sales, costs]), filters: [byAmount] });
  await engine.history.dashboards.save(dashboardOf('operations', serverId));
  for (let minute = 1; minute <= 5; minute++) {
    await engine.history.dashboards.saveResult(
      'executive',
      sourceHash(sales.source),
      numberAt(minute, `${minute}00.10`, 'sales'),
      now + minute,
    );
  }
  const ofCosts = { ...numberAt(3, '7', 'costs'), modelVersion: 2 };
  await engine.history.dashboards.saveResult('executive', sourceHash(costs.source), ofCosts, now);
  await engine.history.dashboards.saveResult(
    'executive',
    sourceHash(costs.source),
    { ...ofCosts, rows: [['9']] },
    now,
    filtersKey(resolveFilters([byAmount], chosen('9'), now)),
  );
  await engine.history.modelRows.save(
    serverId,
    {
      readModel: 'costs',
      modelVersion: 2,
      asOf: ofCosts.freshness.asOf,
      columns: ofCosts.columns,
      rows: [['7'], ['8']],
      ranks: {},
      expressions: [doubled],
    },
    now,
  );
  return { engine, serverId };
}

const refused = (message: RegExp) => ({ value: { code: 'invalid_input', message: expect.stringMatching(message) } });

describe('a pack of dashboards', () => {
  test('opens on another machine with its numbers, each as old as it is, and with its earlier ones', async () => {
    const { engine, serverId } = await sender();
    const pack = await engine.packs.export(serverId);
    expect(pack).toMatchObject({ label: 'Invoices', dashboards: 2, widgets: 3, results: 7 });
    expect([pack.oldestAsOf, pack.newestAsOf]).toEqual([
      numberAt(1, '').freshness.asOf,
      numberAt(5, '').freshness.asOf,
    ]);

    const other = await machine();
    const opened = await other.packs.open(pack.file);
    const list = await other.dashboards.list(opened.serverId);
    expect(list.map(({ title, serverId: of }) => [title, of])).toEqual([
      ['Dashboard executive', opened.serverId],
      ['Dashboard operations', opened.serverId],
    ]);
    const { dashboardId } = list[0] ?? { dashboardId: '' };
    const offline = { state: 'offline', source: 'cache', asOf: numberAt(5, '').freshness.asOf };
    const number = await other.dashboards.data(opened.serverId, dashboardId, 'sales');
    expect(number).toMatchObject({
      rows: [['500.10']],
      freshness: { ...offline, reason: expect.stringContaining('pack') },
    });
    const [cached] = await other.dashboards.cached(opened.serverId, dashboardId);
    expect(cached?.freshness.state).toBe('offline');
    const one = { serverId: opened.serverId, dashboardId, widgetId: 'sales' };
    const results = await other.dashboards.results(one);
    expect(results.map(({ savedAtMs }) => savedAtMs - now)).toEqual([5, 4, 3, 2, 1]);
    expect(await other.dashboards.result({ ...one, resultId: results[4]?.resultId ?? '' })).toMatchObject({
      rows: [['100.10']],
    });
    const nine = await other.dashboards.results({ ...one, widgetId: 'costs', filters: chosen('9') });
    expect(nine.map(({ modelVersion }) => modelVersion)).toEqual([2]);
    const filtered = (value: string) =>
      other.dashboards.data(opened.serverId, dashboardId, 'costs', { filters: chosen(value) });
    expect((await filtered('9')).rows).toEqual([['9']]);
    expect(await filtered('8')).toMatchObject({
      rows: [['8']],
      filtering: { applied: [{ columns: ['costs.amount'] }] },
    });
    expect(await other.history.modelRows.get(opened.serverId, 'costs')).toMatchObject({ expressions: [doubled] });
    await expect(other.dashboards.data(opened.serverId, list[1]?.dashboardId ?? '', 'w')).rejects.toMatchObject({
      value: { code: 'not_available', message: expect.stringContaining('holds no number of "The w"') },
    });
  });

  test('has no password, host or user in it, whatever a query says', async () => {
    const { engine, serverId } = await sender();
    const { file } = await engine.packs.export(serverId);
    const bytes = await readFile(file);
    const text = gunzipSync(bytes.subarray(bytes.indexOf(10) + 1)).toString('latin1');
    for (const planted of [password, host, user]) expect(text).not.toContain(planted);
    // The search can find something: what it is about is there.
    expect(text).toContain('500.10');
    expect(text).toContain('dblink');
  });

  test('cannot be connected or changed, opens once, outlives retention and the cap, and goes like a connection', async () => {
    const { engine, serverId } = await sender();
    const { file } = await engine.packs.export(serverId, ['executive']);
    const other = await machine();
    const opened = await other.packs.open(file);
    expect(await other.packs.open(file)).toEqual(opened);
    const servers = await other.servers.list();
    expect(servers).toMatchObject([{ state: 'disconnected', capture: { contents: 'dashboards' } }]);
    await expect(other.servers.connect(opened.serverId, null)).rejects.toMatchObject({
      value: { code: 'not_available', message: expect.stringContaining('is a pack of dashboards') },
    });
    const [dashboard] = await other.dashboards.list(opened.serverId);
    const { dashboardId } = dashboard ?? { dashboardId: '' };
    const unchanged = { value: { code: 'not_available', message: expect.stringContaining('Nothing was changed') } };
    await expect(other.dashboards.editor.removeWidget(opened.serverId, dashboardId, 'sales')).rejects.toMatchObject(
      unchanged,
    );
    await expect(
      other.dashboards.setSource(opened.serverId, dashboardId, 'sales', { kind: 'live', sql: 'select 1' }),
    ).rejects.toMatchObject(unchanged);
    await other.offlineCache.setLimits({ resultsKept: 1, capBytes: 10 * 1024 ** 2 });
    await other.history.applyRetention(now + 400 * 86_400_000);
    const results = () => other.dashboards.results({ serverId: opened.serverId, dashboardId, widgetId: 'sales' });
    expect(await results()).toHaveLength(5);
    expect(await other.offlineCache.status()).toMatchObject({ results: 0, sizeBytes: 0 });
    await other.servers.remove(opened.serverId, servers[0]?.settings.label ?? '');
    expect(await other.servers.list()).toEqual([]);
    expect((await other.packs.open(file)).serverId).toBe(opened.serverId);
    expect(await results()).toHaveLength(5);
  });

  test('of locked numbers is not written, and an encrypted machine encrypts what it opens', async () => {
    const { engine, serverId } = await sender();
    const { file } = await engine.packs.export(serverId);
    await engine.offlineCache.protect({ with: 'passphrase', passphrase: 'early morning' });
    await engine.offlineCache.lock();
    await expect(engine.packs.export(serverId)).rejects.toMatchObject({
      value: { code: 'permission_denied', message: expect.stringMatching(/are locked.*nothing was written/) },
    });
    expect(await readdir(join(engine.profileDir, 'packs'))).toHaveLength(1);
    const opened = await engine.packs.open(file);
    const [dashboard] = await engine.dashboards.list(opened.serverId);
    const asked = [opened.serverId, dashboard?.dashboardId ?? '', 'sales'] as const;
    expect(await engine.dashboards.data(...asked)).toMatchObject({ unreadable: 'locked' });
    await engine.offlineCache.unlock('early morning');
    expect(await engine.dashboards.data(...asked)).toMatchObject({ rows: [['500.10']] });
  });

  test('arrives in the parts that a window sends', async () => {
    const { engine, serverId } = await sender();
    const { file } = await engine.packs.export(serverId);
    const bytes = await readFile(file);
    const other = await machine();
    const uploadId = crypto.randomUUID();
    const cut = Math.floor(bytes.length / 2);
    expect(await other.packs.receive({ uploadId, offset: 0, bytes: bytes.subarray(0, cut), last: false })).toEqual({
      file: null,
    });
    const received = await other.packs.receive({ uploadId, offset: cut, bytes: bytes.subarray(cut), last: true });
    expect((await other.packs.open(received.file ?? '')).pack).toMatchObject({ label: 'Invoices', results: 7 });
    expect((await other.packs.list()).packs).toMatchObject([{ label: 'Invoices' }]);
  });
});

describe('a file that cannot be opened', () => {
  test('is said in one sentence, and nothing of it stays', async () => {
    const { engine, serverId } = await sender();
    const { file } = await engine.packs.export(serverId);
    const bytes = await readFile(file);
    const line = bytes.indexOf(10) + 1;
    const dir = await testFolder();
    const broken = async (name: string, content: Buffer): Promise<string> => {
      await writeFile(join(dir, name), content);
      return join(dir, name);
    };
    const cut = await broken('cut', bytes);
    await truncate(cut, bytes.length - 20);
    const changed = Buffer.from(bytes);
    changed[bytes.length - 30] = (changed[bytes.length - 30] ?? 0) ^ 0xff;
    const newer = Buffer.concat([Buffer.from('Daybreak dashboards 2\n'), bytes.subarray(line)]);
    const other = await machine();
    for (const [path, message] of [
      [cut, /is damaged/],
      [await broken('changed', changed), /is damaged/],
      [await broken('empty', Buffer.concat([bytes.subarray(0, line), gzipSync('')])), /is damaged/],
      [await broken('newer', newer), /newer Daybreak \(format 2/],
      [await broken('sheet', Buffer.from('a spreadsheet')), /is no pack of dashboards/],
    ] as const) {
      await expect(other.packs.open(path), path).rejects.toMatchObject(refused(message));
    }
    await expect(other.packs.open(join(dir, 'nowhere'))).rejects.toMatchObject({ value: { code: 'not_found' } });
    expect(await other.servers.list()).toEqual([]);
    await expect(engine.packs.export(serverId, ['none'])).rejects.toMatchObject({ value: { code: 'not_found' } });
    await expect(engine.packs.export(serverId, undefined, file)).rejects.toMatchObject(refused(/exists already/));
  });
});
