import fc from 'fast-check';
import { civilDayAt, civilDayText } from '../../../shared/format/civil-day.ts';
import type { AgedBudget } from '../../../shared/model/freshness.ts';
import type { CalendarRule, Schedule, SkipCalendar } from '../../../shared/model/schedule.ts';
import { dayMs, hourMs, minuteMs } from './model-state.ts';
import { calmLoad, type Act, type ModelPlan, type RunnerPlan, type WorldPlan } from './world-plan.ts';

const at = (iso: string) => Date.parse(iso);

/** Months in which the clocks of a zone change, forward and back, by an hour and by half an hour. */
export const monthsOfChange: readonly { readonly zone: string; readonly startMs: number }[] = [
  { zone: 'Europe/Berlin', startMs: at('2026-03-12T10:00:00Z') },
  { zone: 'Europe/Berlin', startMs: at('2026-10-12T10:00:00Z') },
  { zone: 'America/New_York', startMs: at('2026-02-20T10:00:00Z') },
  { zone: 'America/New_York', startMs: at('2026-10-15T10:00:00Z') },
  { zone: 'Australia/Lord_Howe', startMs: at('2026-03-20T10:00:00Z') },
  { zone: 'Australia/Lord_Howe', startMs: at('2026-09-20T10:00:00Z') },
];

const monthEnd: CalendarRule = {
  kind: 'monthly',
  fromDay: { count: 'working_day_from_end', nth: 2 },
  toDay: { count: 'day', nth: 3 },
  workingDaysOnly: false,
  from: '07:00',
  to: '20:00',
};
const payroll: CalendarRule = { kind: 'weekly', weekdays: [4], from: '22:00', to: '03:30' };
/** Short and often: many refreshes run when one opens, and some of their runners sleep. */
const breaks: readonly CalendarRule[] = Array.from({ length: 24 }, (_, hour) => {
  const text = String(hour).padStart(2, '0');
  return { kind: 'weekly', weekdays: [1, 2, 3, 4, 5, 6, 7], from: `${text}:30`, to: `${text}:35` };
});

export const calendarOf = (name: string, timeZone: string, rules: SkipCalendar['rules']): SkipCalendar => ({
  name,
  timeZone,
  rules,
  weekend: [6, 7],
  holidays: [],
  noRefresh: true,
  noSwap: true,
  readModels: null,
});

/** Evenly: numbers near the ends, which are tried more often otherwise, would make a month in which little meets. */
const spread = (min: number, max: number): fc.Arbitrary<number> => fc.noBias(fc.integer({ min, max }));

const minutes = (value: number): AgedBudget => ({ minutes: value });
const expressions = ['30 2 * * *', '0 * * * *', '*/45 6-20 * * 1-5', '15 2,14 * * *', '0 3 1,15 * *'];

const modelsIn = (zone: string): fc.Arbitrary<readonly ModelPlan[]> => {
  const behaviour = fc.record({
    takesMs: spread(20_000, 8 * minuteMs),
    slow: fc.integer({ min: 0, max: 4 }),
    passing: fc.integer({ min: 0, max: 10 }),
    permanent: fc.constantFrom(0, 0, 0.3),
    unknown: fc.constantFrom(0, 0, 1),
  });
  const plan = (
    readModel: string,
    schedule: Schedule,
    budgets: readonly AgedBudget[],
    reads: readonly string[] = [],
  ): fc.Arbitrary<ModelPlan> => behaviour.map((drawn) => ({ readModel, schedule, budgets, reads, ...drawn }));
  return fc
    .record({
      sales: fc.integer({ min: 45, max: 240 }),
      aging: fc.integer({ min: 60, max: 480 }),
      expression: fc.constantFrom(...expressions),
      night: fc.constantFrom('02:30', '04:00'),
      // Of other consumers of the same models: the night's refresh, and the morning's before work begins.
      others: fc.subarray([0, 1, 2, 3]),
    })
    .chain(({ sales, aging, expression, night, others }) => {
      const also = (index: number, ...budgets: readonly AgedBudget[]) => (others.includes(index) ? budgets : []);
      const nightly = (at: string): AgedBudget => ({ nightly: { at, timeZone: zone } });
      return fc.tuple(
        plan('sales', { kind: 'budget' }, [minutes(sales), ...also(0, nightly('07:00'))]),
        plan('aging', { kind: 'budget' }, [...also(1, nightly(night)), minutes(aging)], ['sales']),
        plan('stock', { kind: 'cron', expression, timeZone: zone }, [minutes(26 * 60)]),
        plan('margin', { kind: 'after', parents: ['sales', 'stock'] }, []),
        plan('yearly', { kind: 'budget' }, [nightly(night), ...also(2, nightly('06:15')), ...also(3, minutes(300))]),
        plan('costs', { kind: 'hand' }, []),
      );
    });
};

const runnersFrom = (startMs: number, lengthMs: number): fc.Arbitrary<readonly RunnerPlan[]> => {
  const down = fc.record({
    at: spread(0, lengthMs),
    for: fc.oneof(spread(1_000, 20 * minuteMs), spread(hourMs, 3 * dayMs)),
    how: fc.constantFrom('crash' as const, 'sleep' as const, 'stop' as const),
  });
  const runner = (name: string, kind: RunnerPlan['kind']) =>
    fc.array(down, { maxLength: 12 }).map((downs) => ({
      runner: name,
      kind,
      down: downs.map((each) => ({ fromMs: startMs + each.at, toMs: startMs + each.at + each.for, how: each.how })),
    }));
  return fc
    .tuple(runner('agent-a', 'agent'), runner('agent-b', 'agent'), runner('laptop', 'desktop'))
    .chain((all) => fc.integer({ min: 1, max: 3 }).map((count) => all.slice(0, count)));
};

const loadsFrom = (startMs: number, lengthMs: number): fc.Arbitrary<WorldPlan['loads']> =>
  fc
    .array(
      fc.record({
        at: spread(0, lengthMs),
        for: fc.integer({ min: minuteMs, max: 6 * hourMs }),
        load: fc.constantFrom({ ...calmLoad, oltpMs: 26 }, { ...calmLoad, oltpMs: 90 }, { ...calmLoad, lockQueue: 12 }),
      }),
      { maxLength: 20 },
    )
    .map((loads) =>
      loads
        .map((each) => ({ fromMs: startMs + each.at, toMs: startMs + each.at + each.for, load: each.load }))
        .toSorted((a, b) => a.fromMs - b.fromMs),
    );

const actsFrom = (startMs: number, lengthMs: number, zone: string): fc.Arbitrary<readonly Act[]> => {
  const moment = spread(0, lengthMs).map((ms) => startMs + ms);
  const readModel = fc.constantFrom('sales', 'aging', 'stock', 'margin', 'yearly', 'costs');
  const kind = fc.constantFrom('ask' as const, 'ask' as const, 'pause' as const, 'resume' as const, 'resume' as const);
  const acts = fc.array(fc.record({ atMs: moment, kind, readModel }), { maxLength: 20 });
  // Somebody who sets a calendar in the middle of the day that it freezes, and of whatever runs then.
  const later = fc.array(moment, { maxLength: 4 }).map((moments) =>
    moments.map((atMs, index): Act => {
      const today = civilDayText(civilDayAt(atMs, zone));
      const rule: CalendarRule = { kind: 'dates', fromDate: today, toDate: today, from: '00:00', to: '24:00' };
      return { atMs, kind: 'calendar', calendar: calendarOf(`stock taking ${index}`, zone, [rule]) };
    }),
  );
  return fc.tuple(acts, later).map(([some, more]) => [...some, ...more].toSorted((a, b) => a.atMs - b.atMs));
};

/** A month that has everything: sleeps, crashes, changes of the clocks, windows, slow refreshes, errors and load. */
export const worlds = (days = 30): fc.Arbitrary<WorldPlan> =>
  fc.constantFrom(...monthsOfChange).chain(({ zone, startMs }) => {
    const lengthMs = days * dayMs;
    return fc.record({
      seed: fc.integer(),
      startMs: fc.constant(startMs),
      endMs: fc.constant(startMs + lengthMs),
      models: modelsIn(zone),
      calendars: fc.constantFrom(
        [],
        [calendarOf('month-end', zone, [monthEnd]), calendarOf('payroll', zone, [payroll])],
        [calendarOf('breaks', zone, [...breaks])],
      ),
      runners: runnersFrom(startMs, lengthMs),
      loads: loadsFrom(startMs, lengthMs),
      acts: actsFrom(startMs, lengthMs, zone),
      jumps: fc.constant([]),
      atOnce: fc.integer({ min: 1, max: 3 }),
      guarded: fc.constantFrom(true, true, false),
    });
  });

/** The same without any trouble: the clocks still change. */
export const undisturbedWorlds = (days = 30): fc.Arbitrary<WorldPlan> =>
  worlds(days).map((plan) => ({
    ...plan,
    calendars: [],
    loads: [],
    acts: [],
    atOnce: plan.models.length,
    runners: plan.runners.map((runner) => ({ ...runner, down: [] })),
    models: plan.models.map((model) => ({
      ...model,
      slow: 0,
      passing: 0,
      permanent: 0,
      unknown: 0,
      schedule: model.schedule.kind === 'cron' ? { ...model.schedule, expression: '30 2 * * *' } : model.schedule,
    })),
  }));

/** One runner that sleeps or dies six times a day for an hour or so, and a window every hour. */
export const sleepyWorlds = (days = 6): fc.Arbitrary<WorldPlan> =>
  fc
    .tuple(worlds(days), fc.array(spread(0, days * dayMs), { minLength: 6 * days, maxLength: 6 * days }))
    .map(([plan, moments]) => ({
      ...plan,
      calendars: [calendarOf('breaks', 'UTC', [...breaks])],
      acts: [],
      runners: [
        {
          runner: 'laptop',
          kind: 'desktop',
          down: moments.map((afterMs, index) => ({
            fromMs: plan.startMs + afterMs,
            toMs: plan.startMs + afterMs + 70 * minuteMs,
            how: index % 2 === 0 ? 'sleep' : 'crash',
          })),
        },
      ],
    }));

/** Somebody sets the server's clock forth and back: by minutes, and by days. */
export const jumpyWorlds = (days = 6): fc.Arbitrary<WorldPlan> =>
  fc
    .tuple(
      worlds(days),
      fc.array(
        fc.record({
          at: spread(0, days * dayMs),
          byMs: fc.oneof(spread(-30 * minuteMs, 30 * minuteMs), spread(-30 * hourMs, 30 * hourMs)),
        }),
        { minLength: 4, maxLength: 12 },
      ),
    )
    .map(([plan, jumps]) => ({
      ...plan,
      jumps: jumps
        .map(({ at: afterMs, byMs }) => ({ atMs: plan.startMs + afterMs, byMs }))
        .toSorted((a, b) => a.atMs - b.atMs),
    }));
