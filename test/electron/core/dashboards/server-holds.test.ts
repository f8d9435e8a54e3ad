import { afterAll, beforeAll, expect, test } from 'vitest';
import { holdsOf } from '../../../../electron/core/dashboards/holds-of.ts';
import { roundMs, ServerHolds } from '../../../../electron/core/dashboards/server-holds.ts';
import { openHistory } from '../../../../electron/core/history/open-history.ts';
import type { History } from '../../../../electron/core/history/history.ts';
import type { Server } from '../../../../electron/core/postgres/session.ts';
import { Failure } from '../../../../shared/model/failure.ts';
import type { KnownHolds } from '../../../../shared/model/known-holds.ts';
import { skipCalendarSchema, type SkipCalendar } from '../../../../shared/model/skip-calendar.ts';
import { silentLogger, temporaryDir } from '../../../support/door.ts';

const at = (iso: string) => Date.parse(iso);
const calendar = (name: string, day: number, changes: Partial<SkipCalendar> = {}): SkipCalendar =>
  skipCalendarSchema.parse({
    name,
    timeZone: 'Europe/Berlin',
    rules: [
      {
        kind: 'monthly',
        fromDay: { count: 'day', nth: day },
        toDay: { count: 'day', nth: day },
        from: '07:00',
        to: '20:00',
      },
    ],
    noRefresh: true,
    noSwap: true,
    readModels: null,
    ...changes,
  });
const nothing: KnownHolds = { calendars: [], models: [] };
const onThe30th = at('2026-11-30T09:00:00+01:00');
const window30 = { fromMs: at('2026-11-30T07:00:00+01:00'), toMs: at('2026-11-30T20:00:00+01:00') };

test('an open window freezes the read models that it is for, and no others', () => {
  const known = { ...nothing, calendars: [calendar('month-end', 30, { readModels: ['sales'] })] };
  expect(holdsOf(known, 'sales', onThe30th)).toEqual([
    { kind: 'frozen', window: { calendar: 'month-end', ...window30 } },
  ]);
  expect(holdsOf(known, 'stock', onThe30th)).toEqual([]);
});

test('the window that opens next is there beforehand', () => {
  const known = { ...nothing, calendars: [calendar('month-end', 30)] };
  expect(holdsOf(known, 'sales', at('2026-11-28T12:00:00+01:00'))).toEqual([
    { kind: 'frozen', window: { calendar: 'month-end', ...window30 } },
  ]);
});

test('a window that only keeps the version freezes nothing, and says nothing before it opens', () => {
  const known = { ...nothing, calendars: [calendar('audit', 30, { noRefresh: false })] };
  expect(holdsOf(known, 'sales', onThe30th)).toEqual([{ kind: 'no_swap', window: { calendar: 'audit', ...window30 } }]);
  expect(holdsOf(known, 'sales', at('2026-11-28T12:00:00+01:00'))).toEqual([]);
});

test('a schedule that a person paused, or that an error stopped, holds its own read model', () => {
  const known = {
    ...nothing,
    models: [
      { readModel: 'sales', pausedAtMs: 1, stoppedAtMs: null },
      { readModel: 'stock', pausedAtMs: 2, stoppedAtMs: 3 },
    ],
  };
  expect(holdsOf(known, 'sales', onThe30th)).toEqual([{ kind: 'paused', sinceMs: 1 }]);
  expect(holdsOf(known, 'stock', onThe30th)).toEqual([
    { kind: 'stopped', sinceMs: 3 },
    { kind: 'paused', sinceMs: 2 },
  ]);
  expect(holdsOf(known, 'margin', onThe30th)).toEqual([]);
});

let dir: ReturnType<typeof temporaryDir>;
let history: History;
beforeAll(async () => {
  dir = temporaryDir();
  history = await openHistory({ file: `${dir.path}/daybreak.sqlite`, logger: silentLogger, onNotice: () => undefined });
});
afterAll(async () => {
  await history.close();
  dir.remove();
});

interface Answer {
  readonly calendars: readonly unknown[];
  readonly models: readonly unknown[];
}

/** A server that answers with what is in `rows`, or does not answer where that is null. */
function counting(rows: { readonly now: Answer | null }) {
  let asked = 0;
  const query = async (text: string) => (text.includes('pg_attribute') ? [{ readable: true }] : [rows.now]);
  const server = {
    withReadonly: async (work: (session: { query: typeof query }) => Promise<unknown>) => {
      asked += 1;
      if (rows.now === null) throw new Failure({ code: 'connection_lost', message: 'it is away', retryable: true });
      return work({ query });
    },
  } as unknown as Server;
  return { server, asked: () => asked };
}

test('a round of widgets asks the registry once; the next round, or a change of a schedule, asks again', async () => {
  let nowMs = 1_000_000;
  const clock = { nowMs: () => nowMs, sleep: async () => undefined };
  const holds = new ServerHolds({ store: history.connections, clock, logger: silentLogger });
  const { server, asked } = counting({ now: { calendars: [], models: [] } });
  await Promise.all(Array.from({ length: 30 }, () => holds.of('erp', server)));
  nowMs += roundMs - 1;
  await holds.of('erp', server);
  expect(asked()).toBe(1);
  nowMs += 1;
  await holds.of('erp', server);
  expect(asked()).toBe(2);
  holds.forget();
  await holds.of('erp', server);
  expect(asked()).toBe(3);
});

test('what was known last outlives the server and the engine', async () => {
  const clock = { nowMs: () => 0, sleep: async () => undefined };
  const store = history.connections;
  const paused = { readModel: 'sales', pausedAtMs: 1, stoppedAtMs: null };
  const rows: { now: Answer | null } = { now: { calendars: [calendar('month-end', 30)], models: [paused] } };
  const { server } = counting(rows);
  const known = await new ServerHolds({ store, clock, logger: silentLogger }).of('shop', server);
  expect(known).toEqual({ calendars: [calendar('month-end', 30)], models: [paused] });
  rows.now = null;
  const later = new ServerHolds({ store, clock, logger: silentLogger });
  expect(await later.of('shop', server)).toEqual(known);
  expect(await later.lastKnown('shop')).toEqual(known);
  expect(await later.lastKnown('another')).toBeNull();
});
