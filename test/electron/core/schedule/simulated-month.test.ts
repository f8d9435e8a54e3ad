import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { civilDayAt } from '../../../../shared/format/civil-day.ts';
import { World } from '../../../support/schedule/world.ts';
import { jumpyWorlds, sleepyWorlds, undisturbedWorlds, worlds } from '../../../support/schedule/world-arbitrary.ts';
import {
  catchUps,
  doubledMessages,
  doubleWriters,
  forgottenWarnings,
  frozenAhead,
  insideWindows,
  inWindowNow,
  unexplainedAge,
} from '../../../support/schedule/world-checks.ts';
import type { WorldPlan } from '../../../support/schedule/world-plan.ts';

/** Lives through a plan, and says everything that must never be. */
function violationsIn(plan: WorldPlan): readonly string[] {
  const world = new World(plan);
  const found: string[] = [];
  let forgotten: readonly string[] = [];
  while (world.nowMs < plan.endMs && found.length === 0) {
    world.step();
    found.push(...unexplainedAge(world));
    const before = forgotten;
    forgotten = forgottenWarnings(world);
    const twice = forgotten.filter((name) => before.includes(name));
    found.push(...twice.map((name) => `nobody is told that ${name} is late and not held back any more`));
    if (world.awake.length > 0) {
      for (const { readModel } of world.leftLying()) found.push(`the dead run of ${readModel} was left lying`);
    }
  }
  return [...found, ...doubleWriters(world), ...insideWindows(world), ...catchUps(world), ...doubledMessages(world)];
}

/** Rows from the future are refreshed with the next few looks; as long as that takes, each is looked at again. */
const patienceMs = 3_600_000;

/** What holds, too, where the server's clock goes forth and back. */
function violationsOfJumps(plan: WorldPlan): readonly string[] {
  const world = new World(plan);
  const found: string[] = [];
  const frozenSince = new Map<string, number>();
  while (world.passedMs < plan.endMs && found.length === 0) {
    world.step();
    found.push(...unexplainedAge(world), ...inWindowNow(world));
    if (world.awake.length > 0) {
      for (const { readModel } of world.leftLying()) found.push(`the dead run of ${readModel} was left lying`);
    }
    const frozen = world.awake.length === 0 ? [] : frozenAhead(world);
    for (const name of [...frozenSince.keys()].filter((known) => !frozen.includes(known))) frozenSince.delete(name);
    for (const name of frozen) {
      const sinceMs = frozenSince.get(name) ?? world.passedMs;
      frozenSince.set(name, sinceMs);
      if (world.passedMs - sinceMs > patienceMs) found.push(`${name} keeps its rows from the future`);
    }
  }
  return [...found, ...doubleWriters(world), ...doubledMessages(world)];
}

/** SCHEDULE_MONTHS=500 lives through more of them. Making a month that failed smaller takes minutes: SCHEDULE_SHRINK=1. */
const numRuns = Number(process.env['SCHEDULE_MONTHS'] ?? 3);
const endOnFailure = process.env['SCHEDULE_SHRINK'] === undefined;

describe('a month of refreshes, with sleeps, crashes, changes of the clocks, windows, slow refreshes, errors and load', () => {
  test('has one writer, one catch-up, nothing inside a window, and no age without a reason and an alert', () => {
    fc.assert(
      fc.property(worlds(), (plan) => {
        expect(violationsIn(plan)).toEqual([]);
      }),
      { numRuns, endOnFailure },
    );
  }, 600_000);

  test('has nothing inside a window either where the only runner sleeps or dies when it opens', () => {
    fc.assert(
      fc.property(sleepyWorlds(), (plan) => {
        expect(violationsIn(plan)).toEqual([]);
      }),
      { numRuns, endOnFailure },
    );
  }, 600_000);

  test('has one writer, no dead run left lying, nothing inside a window and no rows from the future where clocks jump', () => {
    fc.assert(
      fc.property(jumpyWorlds(), (plan) => {
        expect(violationsOfJumps(plan)).toEqual([]);
      }),
      { numRuns: Math.ceil(numRuns / 3), endOnFailure },
    );
  }, 600_000);

  test('keeps every budget, and runs once on every day of the calendar, where nothing comes between', () => {
    fc.assert(
      fc.property(undisturbedWorlds(), (plan) => {
        const world = new World(plan);
        while (world.nowMs < plan.endMs) world.step();
        expect(world.alerts.filter(({ episode }) => episode.kind === 'late')).toEqual([]);
        const daily = plan.models.find(({ schedule }) => schedule.kind === 'cron')?.schedule;
        const timeZone = daily?.kind === 'cron' ? daily.timeZone : 'UTC';
        const days = world.ended
          .filter(({ readModel, committed }) => readModel === 'stock' && committed)
          .map(({ startedAtMs }) => civilDayAt(startedAtMs, timeZone));
        expect(days.length).toBeGreaterThanOrEqual(29);
        expect(days).toEqual(days.map((_, index) => (days[0] ?? 0) + index));
      }),
      { numRuns: Math.ceil(numRuns / 2), endOnFailure },
    );
  }, 600_000);
});
