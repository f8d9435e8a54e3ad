import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningEngine } from '../../../electron/core/create-engine.ts';
import { scheduleSettingsSchema } from '../../../shared/model/schedule-view.ts';
import { skipCalendarSchema } from '../../../shared/model/schedule.ts';
import { testServers } from '../../support/postgres.ts';
import { failureOf, openShop, salesByRegion } from '../read-model/fixture.ts';
import { startEngine } from '../read-model/shop-engine.ts';

describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  let profileDir: string;
  let engine: RunningEngine;
  let serverId: string;
  beforeAll(async () => {
    shop = await openShop(testServer, { rows: 50 });
    await shop.build(salesByRegion);
    profileDir = await mkdtemp(join(tmpdir(), 'daybreak-calendars-'));
    engine = await startEngine(profileDir);
    ({ serverId } = await engine.servers.save({ settings: shop.server.settings, password: shop.password }));
  });
  afterAll(async () => {
    await engine?.stop();
    await rm(profileDir, { recursive: true, force: true });
    await shop?.close();
  });

  const lunch = skipCalendarSchema.parse({
    name: 'Lunch',
    timeZone: 'Europe/Berlin',
    rules: [{ kind: 'weekly', weekdays: [1, 2, 3, 4, 5, 6, 7], from: '12:00', to: '13:00' }],
    noRefresh: true,
    noSwap: false,
    readModels: null,
  });

  test('a calendar shows its windows before anybody has saved it, and the same ones afterwards', async () => {
    const windows = await engine.schedules.previewCalendar(serverId, lunch);
    expect(windows.length).toBeGreaterThanOrEqual(40);
    expect(windows.every(({ calendar }) => calendar === 'Lunch')).toBe(true);
    expect(await engine.schedules.calendars(serverId)).toEqual([]);

    await engine.schedules.saveCalendar(serverId, lunch);
    const shown = (await engine.schedules.overview(serverId)).windows.map(({ fromMs }) => fromMs);
    expect(shown).toEqual(expect.arrayContaining(windows.slice(0, 10).map(({ fromMs }) => fromMs)));
    expect(await engine.schedules.removeCalendar(serverId, 'Lunch')).toEqual([]);
  });

  const log = async () => (await engine.history.activity.list(serverId, 100)).entries;
  const rows = () =>
    shop.sql(`select (select json_agg(c.definition) from daybreak.calendar c) as calendars,
      (select json_agg(json_build_array(schedule, paused_by, paused_why, stopped_error)) from daybreak.schedule) as schedules,
      (select json_agg(settings) from daybreak.schedule_setting) as settings`);

  test('what somebody changes stands in the activity log, and each statement there takes its change back', async () => {
    const { schedules } = engine;
    const changes: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['sales: scheduled by hand', () => schedules.set(serverId, 'sales', { kind: 'hand' })],
      ["sales: paused, it's the upgrade", () => schedules.pause(serverId, 'sales', "it's the upgrade")],
      ['sales: resumed', () => schedules.resume(serverId, 'sales')],
      ['calendar Lunch: made', () => schedules.saveCalendar(serverId, lunch)],
      ['calendar Lunch: changed', () => schedules.saveCalendar(serverId, { ...lunch, noSwap: true })],
      ['calendar Lunch: deleted', () => schedules.removeCalendar(serverId, 'Lunch')],
      ['how the runners of this server work', () => schedules.setSettings(serverId, scheduleSettingsSchema.parse({}))],
    ];
    await schedules.set(serverId, 'sales', { kind: 'budget' });
    for (const [purpose, change] of changes) {
      const before = await rows();
      await change();
      const after = await rows();
      expect(after).not.toEqual(before);
      const [entry] = await log();
      expect(entry).toMatchObject({ purpose, actor: 'anna (test)', outcome: 'done', undoSql: expect.any(String) });
      await shop.sql(entry?.undoSql ?? '');
      expect(await rows()).toEqual(before);
      await shop.sql(entry?.sql ?? '');
      expect(await rows()).toEqual(after);
    }
  });

  test('what was not changed is not in the log', async () => {
    const before = await log();
    expect(await failureOf(engine.schedules.removeCalendar(serverId, 'none'))).toMatchObject({ code: 'not_found' });
    await engine.schedules.preview(serverId, 'sales', { kind: 'hand' });
    expect(await log()).toEqual(before);
  });
});
