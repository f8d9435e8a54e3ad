import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextCronTimes, cronProblem } from '../../../../../electron/core/schedule/decide/cron.ts';
import { paceText, usualMs } from '../../../../../electron/core/schedule/decide/pace.ts';
import { indexModels } from '../../../../../electron/core/schedule/decide/needs.ts';
import { nextDue } from '../../../../../electron/core/schedule/decide/next-due.ts';
import type { ModelState } from '../../../../../electron/core/schedule/decide/tick-state.ts';
import { civilDayAt } from '../../../../../shared/format/civil-day.ts';
import { formatClock } from '../../../../../shared/format/zoned-time.ts';
import { hourMs, minuteMs, modelState } from '../../../../support/schedule/model-state.ts';

const at = (iso: string): number => Date.parse(iso);
const dueOf = (model: ModelState, ...others: readonly ModelState[]) => nextDue(model, indexModels([model, ...others]));
const berlin = 'Europe/Berlin';

describe('a model with a budget', () => {
  test('is due early enough to be done in time, and a tenth earlier for what goes wrong', () => {
    const due = dueOf(modelState({ budget: { minutes: 60 }, durationsMs: [10 * minuteMs] }));
    expect(due.latestStartMs).toBe(50 * minuteMs);
    expect(due.dueMs).toBeLessThanOrEqual(45 * minuteMs);
    expect(due.dueMs).toBeGreaterThanOrEqual(40 * minuteMs);
    expect(due.reason.text()).toBe('widget:sales accepts 1 h, less the 10 min that it takes');
  });

  test('is never due later than its budget allows, and the same for everybody who asks', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2_000 }),
        fc.array(fc.integer({ min: 1, max: 30 * minuteMs }), { minLength: 1, maxLength: 20 }),
        fc.string({ minLength: 1 }),
        fc.integer({ min: 0, max: 2 ** 40 }),
        (minutes, durationsMs, readModel, asOfMs) => {
          const model = modelState({ readModel, budget: { minutes }, durationsMs, asOfMs });
          const due = dueOf(model);
          const usual = due.pace?.usualMs ?? 0;
          const budgetMs = minutes * minuteMs;
          if (due.pace?.level !== 'stretched') expect(due.dueMs ?? 0).toBeLessThanOrEqual(asOfMs + budgetMs - usual);
          expect(due.dueMs).toBeGreaterThan(asOfMs);
          expect(dueOf({ ...model }).dueMs).toBe(due.dueMs);
        },
      ),
    );
  });

  test('of one budget with others does not start with them', () => {
    const dues = Array.from({ length: 50 }, (_, index) => dueOf(modelState({ readModel: `m${index}` })).dueMs);
    expect(new Set(dues).size).toBeGreaterThan(45);
  });

  test('in minutes and another by night keeps both', () => {
    const night = { nightly: { at: '07:00', timeZone: 'UTC' } } as const;
    const budgets = [
      { budget: night, consumer: 'the morning report' },
      { budget: { minutes: 60 }, consumer: 'sales desk' },
    ];
    // An age that ends two minutes after the night's time: the night is due first, and may be done until eight.
    const asOfMs = at('2026-11-20T06:02:00Z');
    const due = dueOf(modelState({ budgets, asOfMs, durationsMs: [2 * minuteMs] }));
    expect(due.dueMs).toBeLessThanOrEqual(at('2026-11-20T07:00:00Z'));
    expect(due.latestStartMs).toBe(at('2026-11-20T07:00:00Z'));
    expect(due.reason.text()).toContain('sales desk accepts 1 h');
    // The night first, and the age by which it has to begin.
    const early = dueOf(modelState({ budgets, asOfMs: at('2026-11-20T06:20:00Z'), durationsMs: [2 * minuteMs] }));
    expect(early.dueMs).toBeLessThanOrEqual(at('2026-11-20T07:10:00Z'));
    expect(early.latestStartMs).toBe(at('2026-11-20T07:18:00Z'));
    expect(early.reason.text()).toContain('the morning report');
    expect(early.pace?.wantedMs).toBe(58 * minuteMs);
  });

  test('that no consumer names is not due', () => {
    expect(dueOf(modelState({ budget: null }))).toMatchObject({ dueMs: null, reason: { code: 'no_budget' } });
  });

  test('that was never filled is due since its schedule was set', () => {
    expect(dueOf(modelState({ asOfMs: null, setAtMs: 7 })).dueMs).toBe(7);
  });

  test('is warned of above half of its interval, and stretched above 80 %', () => {
    const paceAt = (takesMinutes: number) =>
      dueOf(modelState({ budget: { minutes: 60 }, durationsMs: [takesMinutes * minuteMs] })).pace;
    expect(paceAt(19)?.level).toBe('fits');
    expect(paceAt(21)?.level).toBe('tight');
    expect(paceAt(26)?.level).toBe('tight');
    expect(paceAt(40)).toMatchObject({ level: 'stretched', wantedMs: 20 * minuteMs, keptMs: 50 * minuteMs });
  });

  test('says of a small part of its interval that it is small', () => {
    const { pace } = dueOf(modelState({ budget: { minutes: 60 }, durationsMs: [500] }));
    expect(pace === null ? '' : paceText(pace)).toContain('under 1 % of its interval');
  });

  test('that others are built on is refreshed for them, too, and before them', () => {
    const base = modelState({ readModel: 'base', budget: { minutes: 600 }, durationsMs: [2 * minuteMs] });
    const top = modelState({ readModel: 'top', budget: { minutes: 60 }, durationsMs: [5 * minuteMs], reads: ['base'] });
    const [baseDue, topDue] = [dueOf(base, top), dueOf(top, base)];
    expect(baseDue.latestStartMs).toBe(53 * minuteMs);
    expect(topDue.latestStartMs).toBe(55 * minuteMs);
    expect(baseDue.reason.text()).toContain('top accepts 1 h');
    expect(dueOf(base, { ...top, paused: { atMs: 0, by: 'Ada', why: '' } }).latestStartMs).toBe(598 * minuteMs);
  });

  test('of a night is due a little after that night’s time, on nights of every length', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(berlin, 'America/New_York', 'Australia/Lord_Howe', 'UTC'),
        fc.constantFrom('00:00', '02:15', '02:30', '04:00'),
        fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') }),
        (timeZone, clock, asOfMs) => {
          const due = dueOf(modelState({ budget: { nightly: { at: clock, timeZone } }, asOfMs }));
          const laterMs = (due.dueMs ?? 0) - asOfMs;
          expect(laterMs).toBeGreaterThan(0);
          expect(laterMs).toBeLessThanOrEqual(25 * hourMs + 10 * minuteMs);
        },
      ),
      { numRuns: 300 },
    );
  });
});

test('the usual duration is the p95 by nearest rank', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 90 }), (durationsMs) => {
      const sorted = durationsMs.toSorted((a, b) => a - b);
      expect(usualMs(durationsMs)).toBe(sorted[Math.ceil(0.95 * sorted.length) - 1]);
    }),
  );
  expect(usualMs([])).toBeNull();
});

describe('a model with cron times', () => {
  const cron = (expression: string, timeZone: string) => ({ kind: 'cron' as const, expression, timeZone });
  const times = (expression: string, timeZone: string, fromIso: string, count: number) =>
    nextCronTimes({ expression, timeZone }, at(fromIso), count).map((ms) => new Date(ms).toISOString().slice(0, 16));

  test('keeps to the wall clock when the clocks change', () => {
    expect(times('30 6 * * *', berlin, '2026-03-28T00:00:00Z', 2)).toEqual(['2026-03-28T05:30', '2026-03-29T04:30']);
    expect(times('30 6 * * *', berlin, '2026-10-24T00:00:00Z', 2)).toEqual(['2026-10-24T04:30', '2026-10-25T05:30']);
  });

  test('runs once on a day that skips its time, and once on a day that shows it twice', () => {
    // Berlin: 02:30 does not exist on 29 March, and comes twice on 25 October.
    expect(times('30 2 * * *', berlin, '2026-03-28T12:00:00Z', 2)).toEqual(['2026-03-29T01:00', '2026-03-30T00:30']);
    expect(times('30 2 * * *', berlin, '2026-10-24T12:00:00Z', 2)).toEqual(['2026-10-25T00:30', '2026-10-26T01:30']);
    // A list of times is no different.
    expect(times('30 2,14 * * *', berlin, '2026-03-28T14:00:00Z', 2)).toEqual(['2026-03-29T01:00', '2026-03-29T12:30']);
    // Lord Howe goes forward by half an hour at 2:00 on 4 October, back at 2:00 on 5 April.
    expect(times('15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T00:00:00Z', 2)).toEqual([
      '2026-10-03T15:30',
      '2026-10-04T15:15',
    ]);
    expect(times('45 1 * * *', 'Australia/Lord_Howe', '2026-04-04T00:00:00Z', 2)).toEqual([
      '2026-04-04T14:45',
      '2026-04-05T15:15',
    ]);
  });

  test('fixed times come once on every day of the year, whatever the zone', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(berlin, 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca', 'America/St_Johns'),
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2026-12-01T00:00:00Z') }),
        (timeZone, hour, minute, fromMs) => {
          const found = nextCronTimes({ expression: `${minute} ${hour} * * *`, timeZone }, fromMs, 40);
          const days = found.map((ms) => civilDayAt(ms, timeZone));
          expect(days).toEqual(days.map((_, index) => (days[0] ?? 0) + index));
          const clock = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
          // All but the day of the change show the very time.
          expect(found.filter((ms) => formatClock(ms, timeZone) !== clock).length).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('is due once for all times that it missed, and then at the next', () => {
    const hourly = { schedule: cron('0 * * * *', 'UTC'), setAtMs: 0, lastStartedMs: 0, durationsMs: [1_000] };
    expect(dueOf(modelState(hourly)).dueMs).toBe(hourMs);
    const woken = modelState({ ...hourly, lastStartedMs: 50 * hourMs + 20 * minuteMs });
    expect(dueOf(woken).dueMs).toBe(51 * hourMs);
  });

  test('gives its times as the reason, in words', () => {
    const { reason } = dueOf(modelState({ schedule: cron('30 6 * * *', berlin) }));
    expect(reason.text()).toBe('daily at 06:30 Europe/Berlin');
  });

  test('that fall into its own refresh are one: it is due again as soon as it has ended', () => {
    const model = modelState({
      schedule: cron('*/10 * * * *', 'UTC'),
      lastStartedMs: 20 * minuteMs,
      lastEndedMs: 32 * minuteMs,
      durationsMs: [4 * minuteMs],
    });
    expect(dueOf(model).dueMs).toBe(30 * minuteMs);
  });

  test('that come faster than it can be refreshed are thinned out', () => {
    const model = modelState({
      schedule: cron('*/10 * * * *', 'UTC'),
      lastStartedMs: 20 * minuteMs,
      durationsMs: [12 * minuteMs],
    });
    // 12 min are 80 % of 15 min: the first time that is 15 min after the start.
    expect(dueOf(model)).toMatchObject({ dueMs: 40 * minuteMs, reason: { code: 'slow_refresh' } });
  });

  test('that are not evenly apart have the interval of the closest', () => {
    const uneven = (lastStartedMs: number) =>
      dueOf(modelState({ schedule: cron('*/45 6-20 * * *', 'UTC'), lastStartedMs, durationsMs: [8 * minuteMs] })).pace;
    for (const hours of [6, 6.75, 20.75])
      expect(uneven(hours * hourMs)).toMatchObject({ wantedMs: 15 * minuteMs, level: 'tight' });
  });

  test('that passed before they were set were never missed', () => {
    const model = modelState({
      schedule: cron('0 6 * * *', 'UTC'),
      lastStartedMs: 0,
      setAtMs: at('2026-11-20T10:00:00Z'),
    });
    expect(dueOf(model).dueMs).toBe(at('2026-11-21T06:00:00Z'));
  });

  test('let the load guard wait for half an interval, and never beyond what a consumer accepts', () => {
    const schedule = { kind: 'cron', expression: '0 * * * *', timeZone: berlin } as const;
    const hourly = modelState({ schedule, budget: null, durationsMs: [5 * minuteMs] });
    expect(dueOf(hourly)).toMatchObject({ dueMs: hourMs, latestStartMs: 90 * minuteMs });
    expect(dueOf({ ...hourly, budgets: [{ budget: { minutes: 75 }, consumer: 'sales desk' }] })).toMatchObject({
      dueMs: hourMs,
      latestStartMs: 70 * minuteMs,
    });
    // Nobody can keep what ends before it is due: it is not made to wait as well.
    const short = { ...hourly, budgets: [{ budget: { minutes: 30 }, consumer: 'sales desk' }] };
    expect(dueOf(short)).toMatchObject({ dueMs: hourMs, latestStartMs: hourMs });
    const top = modelState({
      readModel: 'top',
      budget: { minutes: 80 },
      durationsMs: [10 * minuteMs],
      reads: ['sales'],
    });
    expect(dueOf(hourly, top).latestStartMs).toBe(65 * minuteMs);
  });

  test('say in words what is wrong with them', () => {
    expect(cronProblem({ expression: '30 6 * *', timeZone: berlin })).toContain(
      "'30 6 * *' in Europe/Berlin is no schedule",
    );
    expect(cronProblem({ expression: '61 6 * * *', timeZone: berlin })).toContain('no schedule');
    expect(cronProblem({ expression: '30 6 * * 1-5', timeZone: berlin })).toBeNull();
  });
});

describe('a model that follows others', () => {
  const follower = (changes: Partial<ModelState> = {}) =>
    modelState({
      readModel: 'margin',
      budget: null,
      schedule: { kind: 'after', parents: ['sales', 'costs'] },
      lastStartedMs: 100,
      ...changes,
    });
  const parent = (readModel: string, lastEndedMs: number, changes: Partial<ModelState> = {}) =>
    modelState({ readModel, lastEndedMs, ...changes });

  test('is due when each of them has been refreshed since it was', () => {
    expect(dueOf(follower(), parent('sales', 200), parent('costs', 90)).dueMs).toBeNull();
    expect(dueOf(follower(), parent('sales', 200), parent('costs', 300)).dueMs).toBe(300);
    expect(dueOf(follower({ lastStartedMs: 300 }), parent('sales', 200), parent('costs', 300)).dueMs).toBeNull();
  });

  test('can be held back by the load guard for an hour, and not beyond what its consumers accept', () => {
    const parents = [parent('sales', 20 * minuteMs), parent('costs', 30 * minuteMs)] as const;
    expect(dueOf(follower(), ...parents).latestStartMs).toBe(90 * minuteMs);
    const budgets = [{ budget: { minutes: 45 }, consumer: 'sales desk' }];
    expect(dueOf(follower({ budgets }), ...parents).latestStartMs).toBe(44 * minuteMs);
  });

  test('does not wait for one that nobody refreshes', () => {
    const paused = parent('costs', 0, { paused: { atMs: 0, by: 'Ada', why: '' } });
    expect(dueOf(follower(), parent('sales', 200), paused).dueMs).toBe(200);
    expect(dueOf(follower(), paused).dueMs).toBeNull();
  });
});

test('a model that is refreshed by hand is never due', () => {
  expect(dueOf(modelState({ schedule: { kind: 'hand' } }))).toMatchObject({ dueMs: null, reason: { code: 'by_hand' } });
});
