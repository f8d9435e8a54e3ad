import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openServer } from '../../../electron/core/postgres/connect.ts';
import type { Server } from '../../../electron/core/postgres/session.ts';
import { readKnownHolds } from '../../../electron/core/read-model/registry/known-holds.ts';
import { registryMigrations } from '../../../electron/core/read-model/registry/migrations.ts';
import { schedules } from '../../../electron/core/read-model/registry/migrations/0040-schedules.ts';
import { skipCalendarSchema } from '../../../shared/model/skip-calendar.ts';
import { silentLogger } from '../../support/door.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../../support/postgres.ts';

const calendar = skipCalendarSchema.parse({
  name: 'month-end',
  timeZone: 'Europe/Berlin',
  rules: [{ kind: 'weekly', weekdays: [1], from: '07:00', to: '20:00' }],
  noRefresh: true,
  noSwap: false,
  readModels: null,
});

describe.each(testServers())('$label', (testServer) => {
  let database: TestDatabase;
  let admin: pg.Client;
  let server: Server;
  const known = () => server.withReadonly((session) => readKnownHolds(session));
  const migrate = async (which: (migration: number) => boolean) => {
    for (const { statements } of registryMigrations.filter(({ migration }) => which(migration)))
      for (const statement of statements) await admin.query(statement);
  };

  beforeAll(async () => {
    database = await createTestDatabase(testServer);
    admin = new pg.Client(database.url);
    await admin.connect();
    server = await openServer({
      serverId: 'erp',
      settings: database.settings,
      password: database.password,
      clock: { nowMs: () => Date.now(), sleep: () => Promise.resolve() },
      logger: silentLogger,
    });
  });
  afterAll(async () => {
    await server?.close();
    await admin?.end();
    await database?.drop();
  });

  test('a server without a registry, or with one that keeps no schedules yet, holds nothing that is known', async () => {
    expect(await known()).toBeNull();
    await migrate((migration) => migration < schedules.migration);
    expect(await known()).toBeNull();
  });

  test('calendars and held schedules are read; what a newer Daybreak wrote is left out', async () => {
    await migrate((migration) => migration >= schedules.migration);
    expect(await known()).toEqual({ calendars: [], models: [] });
    await admin.query(
      `insert into daybreak.calendar (name, definition, updated_by) values ('month-end', $1, 'anna'), ('odd', '{"v": 9}', 'anna')`,
      [JSON.stringify(calendar)],
    );
    // Of the schedules, not of the read models that they are for.
    await admin.query('alter table daybreak.schedule drop constraint schedule_read_model_fkey');
    await admin.query(`insert into daybreak.schedule (read_model, schedule, paused_at, stopped_at) values
      ('sales', '{}', '2026-11-30 07:00+01', null), ('stock', '{}', null, '2026-11-30 08:00:00.5+01'), ('margin', '{}', null, null)`);
    expect(await known()).toEqual({
      calendars: [calendar],
      models: [
        { readModel: 'sales', pausedAtMs: Date.parse('2026-11-30T07:00:00+01:00'), stoppedAtMs: null },
        { readModel: 'stock', pausedAtMs: null, stoppedAtMs: Date.parse('2026-11-30T08:00:00.500+01:00') },
      ],
    });
  });
});
