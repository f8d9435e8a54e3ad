import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile, truncate, stat } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { migrate } from '../../../../electron/core/history/migrate.ts';
import { migrations } from '../../../../electron/core/history/migrations/index.ts';
import { packBody } from '../../../../electron/core/history/result-body.ts';
import { at, connectionOf, dashboardOf, heavyAt, now, numberAt, widgetOf } from './saved-result.ts';
import { openTestHistory, testFolder } from './store.ts';

const megabyte = 1024 ** 2;
const newFile = async () => join(await testFolder(), 'daybreak.sqlite');
describe('results of a widget', () => {
  test('are kept apart by definition and filters, and know the version of their read model', async () => {
    const { dashboards, results } = await openTestHistory();
    await dashboards.save(dashboardOf('d'));
    await dashboards.saveResult('d', 'live', numberAt(1, 'all'), now);
    await dashboards.saveResult('d', 'live', numberAt(1, 'north'), now, 'region=north');
    await dashboards.saveResult('d', 'model', { ...numberAt(2, 'v1'), modelVersion: 1 }, now);
    await dashboards.saveResult('d', 'model', { ...numberAt(2, 'v2'), modelVersion: 2 }, now + 1);
    expect((await dashboards.lastResult('d', 'w', 'live'))?.rows).toEqual([['all']]);
    expect((await dashboards.lastResult('d', 'w', 'live', 'region=north'))?.rows).toEqual([['north']]);
    expect(await dashboards.lastResult('d', 'w', 'live', 'region=south')).toBeNull();
    // The same moment under another version is another number.
    expect((await results.list(at('w', 'model'))).map((one) => one.modelVersion)).toEqual([2, 1]);
    expect(await results.filterKeys('d', 'w', 'live')).toEqual(['', 'region=north']);
  });

  test('can be stepped through, newest first, and one of another widget is not handed out', async () => {
    const { dashboards, results } = await openTestHistory();
    await dashboards.save(dashboardOf('d', 'erp', [widgetOf('w'), widgetOf('other')]));
    for (const minute of [1, 2, 3])
      await dashboards.saveResult('d', 'live', numberAt(minute, `${minute}`), now + minute);
    const list = await results.list(at());
    expect(list.map(({ asOf, savedAtMs, readable }) => [asOf, savedAtMs, readable])).toEqual([
      ['2026-11-20T07:03:00.000Z', now + 3, 'yes'],
      ['2026-11-20T07:02:00.000Z', now + 2, 'yes'],
      ['2026-11-20T07:01:00.000Z', now + 1, 'yes'],
    ]);
    const [, , oldest] = list;
    expect(await results.get(at(), oldest?.resultId ?? '')).toEqual(numberAt(1, '1'));
    expect(await results.get(at('other'), oldest?.resultId ?? '')).toBeNull();
    expect(await results.get(at(), '999')).toBeNull();
  });

  test('go with their widget, and those of the others stay', async () => {
    const { dashboards, results } = await openTestHistory();
    await dashboards.save(dashboardOf('d', 'erp', [widgetOf('w'), widgetOf('other')]));
    for (const id of ['w', 'other']) await dashboards.saveResult('d', 'live', numberAt(1, '1', id), now);
    await dashboards.save(dashboardOf('d', 'erp', [widgetOf('other')]));
    expect(await results.list(at('w'))).toEqual([]);
    expect(await results.list(at('other'))).toHaveLength(1);
  });

  test('stay while their widget can be put back, and go when it cannot any more', async () => {
    const { dashboards, results } = await openTestHistory();
    const both = dashboardOf('d', 'erp', [widgetOf('w'), widgetOf('other')]);
    await dashboards.save(both);
    await dashboards.saveResult('d', 'live', numberAt(1, '1'), now);
    const taken = { ...both, widgets: [widgetOf('other')], removed: [widgetOf('w')] };
    await dashboards.save(taken);
    await dashboards.save(both);
    expect((await dashboards.lastResult('d', 'w', 'live'))?.rows).toEqual([['1']]);
    await dashboards.save({ ...taken, removed: [] });
    expect(await results.list(at('w'))).toEqual([]);
  });

  test('the settings say how many stay, and fewer than now drops the oldest at once', async () => {
    const { dashboards, results, offlineCache } = await openTestHistory();
    await dashboards.save(dashboardOf('d'));
    const minutesKept = async () => (await results.list(at())).map(({ asOf }) => new Date(asOf ?? '').getUTCMinutes());
    const keep = async (resultsKept: number) =>
      offlineCache.saveSettings({ limits: { resultsKept, capBytes: 500 * megabyte }, seal: { kind: 'none' } });
    await keep(3);
    for (let minute = 1; minute <= 5; minute++) await dashboards.saveResult('d', 'live', numberAt(minute, 'x'), now);
    expect(await minutesKept()).toEqual([5, 4, 3]);
    await keep(1);
    expect(await minutesKept()).toEqual([5]);
  });

  test('a store of an earlier version keeps its numbers', async () => {
    const file = await newFile();
    const db = new Database(file);
    migrate(
      db,
      migrations.filter(({ version }) => version < 80),
    );
    db.exec(`insert into server (server_id) values ('erp')`);
    db.prepare('insert into dashboard (dashboard_id, server_key, body) values (?, 1, ?)').run(
      'd',
      JSON.stringify(dashboardOf('d')),
    );
    db.prepare(
      `insert into widget_result (dashboard_key, widget_id, source_hash, stored_at_ms, as_of, body)
       values (1, 'w', 'live', ?, ?, ?)`,
    ).run(now, numberAt(1, '7').freshness.asOf, packBody(numberAt(1, '7')));
    db.close();
    const { dashboards, offlineCache } = await openTestHistory({ file });
    expect(await dashboards.lastResult('d', 'w', 'live')).toEqual(numberAt(1, '7'));
    expect((await offlineCache.usage()).sizeBytes).toBe(packBody(numberAt(1, '7')).length);
  });
});

describe('the cap of all saved numbers', () => {
  test('drops the oldest first, and the newest of each widget last', async () => {
    const { dashboards, results, offlineCache } = await openTestHistory();
    const limits = { resultsKept: 30, capBytes: 10 * megabyte };
    await offlineCache.saveSettings({ limits, seal: { kind: 'none' } });
    await dashboards.save(dashboardOf('d', 'erp', [widgetOf('w'), widgetOf('rare')]));
    await dashboards.saveResult('d', 'live', heavyAt(0, megabyte, 'rare'), now - 1_000_000);
    await dashboards.saveResult('d', 'live', heavyAt(0, megabyte), now, 'region=north');
    for (let minute = 1; minute <= 20; minute++)
      await dashboards.saveResult('d', 'live', heavyAt(minute, megabyte), now + minute * 60_000);
    const { sizeBytes } = await offlineCache.usage();
    expect(sizeBytes).toBeLessThanOrEqual(limits.capBytes);
    const kept = await results.list(at());
    expect(kept.length).toBeGreaterThan(2);
    expect(kept[0]?.asOf).toBe(heavyAt(20, 1).freshness.asOf);
    // The oldest of all is the only number of its widget: it is still there, and so is the one under filters.
    expect(await results.list(at('rare'))).toHaveLength(1);
    expect(await results.list(at('w', 'live', 'region=north'))).toHaveLength(1);
  });

  test('a lower cap holds at once, and leaves each widget its newest number', async () => {
    const { dashboards, results, offlineCache } = await openTestHistory();
    const widgets = ['a', 'b', 'c'];
    await dashboards.save(
      dashboardOf(
        'd',
        'erp',
        widgets.map((id) => widgetOf(id)),
      ),
    );
    for (const id of widgets)
      for (let minute = 1; minute <= 4; minute++)
        await dashboards.saveResult('d', 'live', heavyAt(minute, 2 * megabyte, id), now + minute);
    await offlineCache.saveSettings({ limits: { resultsKept: 30, capBytes: 10 * megabyte }, seal: { kind: 'none' } });
    expect((await offlineCache.usage()).sizeBytes).toBeLessThanOrEqual(10 * megabyte);
    for (const id of widgets) expect((await results.list(at(id)))[0]?.asOf).toBe(heavyAt(4, 1).freshness.asOf);
  });
});

describe('faults', () => {
  test('numbers that were said to be saved survive kill -9, and none is half there', async () => {
    const file = await newFile();
    const before = await openTestHistory({ file });
    await before.dashboards.save(dashboardOf('d'));
    await before.close();
    const child = fork(new URL('./killed-cache.ts', import.meta.url), [file], { execArgv: [] });
    let saved = 0;
    child.on('message', (minute: number) => {
      saved = minute;
      if (saved >= 25) child.kill('SIGKILL');
    });
    const [, signal] = await once(child, 'exit');
    expect(signal).toBe('SIGKILL');
    const { dashboards, results } = await openTestHistory({ file });
    const last = await dashboards.lastResult('d', 'w', 'live');
    expect(Number(last?.rows[0]?.[0])).toBeGreaterThanOrEqual(saved);
    const list = await results.list(at());
    expect(list.length).toBeGreaterThanOrEqual(25);
    for (const { resultId } of list) expect((await results.get(at(), resultId))?.rows).toHaveLength(1);
  });

  test('a damaged number gives way to the one before it, which says so', async () => {
    const file = await newFile();
    const first = await openTestHistory({ file });
    await first.dashboards.save(dashboardOf('d'));
    for (const minute of [1, 2]) await first.dashboards.saveResult('d', 'live', numberAt(minute, `${minute}`), now);
    await first.close();
    const db = new Database(file);
    db.exec(`update widget_result set body = x'00ff17' where result_id = 2`);
    db.close();
    const { dashboards, results } = await openTestHistory({ file });
    const shown = await dashboards.lastResult('d', 'w', 'live');
    expect(shown).toMatchObject({ rows: [['1']], freshness: { reason: expect.stringContaining('damaged') } });
    expect(await results.get(at(), '2')).toMatchObject({ unreadable: 'damaged', rows: [] });
  });

  test('where all are damaged, the age of the newest is known and nothing is invented', async () => {
    const file = await newFile();
    const first = await openTestHistory({ file });
    await first.dashboards.save(dashboardOf('d'));
    await first.dashboards.saveResult('d', 'live', numberAt(2, '2'), now);
    await first.close();
    const db = new Database(file);
    db.exec(`update widget_result set body = x'00'`);
    db.close();
    const { dashboards } = await openTestHistory({ file });
    expect(await dashboards.lastResult('d', 'w', 'live')).toMatchObject({
      unreadable: 'damaged',
      rows: [],
      freshness: { asOf: numberAt(2, '').freshness.asOf },
    });
  });

  test('a number that a newer Daybreak saved stays, and the last one that is understood is shown', async () => {
    const file = await newFile();
    const first = await openTestHistory({ file });
    await first.dashboards.save(dashboardOf('d'));
    for (const minute of [1, 2]) await first.dashboards.saveResult('d', 'live', numberAt(minute, `${minute}`), now);
    await first.close();
    const db = new Database(file);
    db.exec('update widget_result set format = 2 where result_id = 2');
    db.close();
    const { dashboards, results } = await openTestHistory({ file });
    expect(await dashboards.lastResult('d', 'w', 'live')).toMatchObject({
      rows: [['1']],
      freshness: { reason: expect.stringContaining('newer Daybreak') },
    });
    expect((await results.list(at())).map(({ readable }) => readable)).toEqual(['newer', 'yes']);
  });

  test('of a file that was cut short, connections, dashboards and their numbers are taken over', async () => {
    const file = await newFile();
    const first = await openTestHistory({ file });
    await first.connections.save(connectionOf('erp'));
    await first.dashboards.save(dashboardOf('d', 'erp', [widgetOf('w'), widgetOf('late')]));
    for (let minute = 1; minute <= 10; minute++)
      await first.dashboards.saveResult('d', 'live', numberAt(minute, `${minute}`), now);
    for (let minute = 1; minute <= 10; minute++)
      await first.dashboards.saveResult('d', 'live', heavyAt(minute, 40_000, 'late'), now);
    await first.close();
    await truncate(file, Math.floor((await stat(file)).size * 0.75));
    const cut = await readFile(file);

    const notices: string[] = [];
    const history = await openTestHistory({ file, onNotice: (notice) => notices.push(notice) });
    expect(notices).toEqual([expect.stringMatching(/was damaged.*1 connection, 1 dashboard and \d+ saved numbers/)]);
    expect((await history.connections.list()).map(({ settings }) => settings.label)).toEqual(['ERP']);
    expect(await history.dashboards.get('d')).toMatchObject({ serverId: 'erp', title: 'Dashboard d' });
    expect(await history.dashboards.lastResult('d', 'w', 'live')).toEqual(numberAt(10, '10'));
    // Every number that was taken over is whole.
    for (const { resultId } of await history.results.list(at('late')))
      expect((await history.results.get(at('late'), resultId))?.unreadable).toBeUndefined();
    // And it works on as a store.
    await history.dashboards.saveResult('d', 'live', numberAt(11, '11'), now);
    expect((await history.dashboards.lastResult('d', 'w', 'live'))?.rows).toEqual([['11']]);
    const aside = /put aside as (\S+) and/.exec(notices[0] ?? '')?.[1] ?? '';
    expect(await readFile(aside)).toEqual(cut);
  });
});
