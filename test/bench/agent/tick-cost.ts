import { firstMemory, tick } from '../../../electron/core/schedule/decide/tick.ts';
import type { ModelState, TickState } from '../../../electron/core/schedule/decide/tick-state.ts';
import type { Schedule } from '../../../shared/model/schedule.ts';
import { guardedSettings, hourMs, minuteMs, modelState, tickState } from '../../support/schedule/model-state.ts';
import { calendarOf } from '../../support/schedule/world-arbitrary.ts';
import { calmLoad } from '../../support/schedule/world-plan.ts';

/** What ticks over many models cost the runner that decides, ms. */
export interface TickCost {
  readonly models: number;
  readonly ticks: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly worstMs: number;
  /** Of the processor, mean of all ticks: what a machine that is busy with others does not blur. */
  readonly cpuMs: number;
}

const startMs = Date.parse('2026-11-20T06:00:00Z');

const scheduleOf = (index: number): Schedule => {
  switch (index % 5) {
    case 0:
      return { kind: 'cron', expression: `${index % 60} ${index % 24} * * *`, timeZone: 'Europe/Berlin' };
    case 1:
      return { kind: 'after', parents: [`m${index - 1}`] };
    default:
      return { kind: 'budget' };
  }
};

/** A fifth by cron, a fifth after others, the rest by budget in minutes or by night; every tenth is built on another. */
function modelAt(index: number): ModelState {
  const nightly = index % 10 === 2;
  return modelState({
    readModel: `m${index}`,
    schedule: scheduleOf(index),
    budget: nightly ? { nightly: { at: '04:00', timeZone: 'Europe/Berlin' } } : { minutes: 15 + (index % 100) },
    reads: index % 10 === 3 ? [`m${index - 1}`] : [],
    asOfMs: startMs - (index % 240) * minuteMs,
    lastStartedMs: startMs - (index % 240) * minuteMs,
    durationsMs: Array.from({ length: 20 }, (_, run) => 1_000 * (1 + ((index + run) % 90))),
  });
}

/** A few calendars, as a company has them. */
export const companyCalendars = ['month-end', 'payroll', 'stock taking'].map((name, index) =>
  calendarOf(name, 'Europe/Berlin', [{ kind: 'weekly', weekdays: [index + 1], from: '22:00', to: '03:00' }]),
);

/** Rows as a runner reads them anew for each tick: nothing is the same object as before. */
const rows = (models: readonly ModelState[], nowMs: number): TickState =>
  structuredClone(
    tickState({
      models,
      calendars: companyCalendars,
      load: { ...calmLoad, atMs: nowMs },
      settings: { ...guardedSettings, atOnce: 4 },
    }),
  );

/** Ticks over an hour of the clock, over models of which some are due, some held back and most wait. */
export function measureTick(count = 1_000, ticks = 100): TickCost {
  const models = Array.from({ length: count }, (_, index) => modelAt(index));
  const tookMs: number[] = [];
  let cpuUs = 0;
  let memory = firstMemory;
  for (let index = 0; index < ticks; index += 1) {
    const nowMs = startMs + (index * hourMs) / ticks;
    const state = rows(models, nowMs);
    const usedBefore = process.threadCpuUsage();
    const before = performance.now();
    memory = tick(state, memory, nowMs).memory;
    tookMs.push(performance.now() - before);
    const { user, system } = process.threadCpuUsage(usedBefore);
    cpuUs += user + system;
  }
  const sorted = tookMs.toSorted((a, b) => a - b);
  const rank = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
  return { models: count, ticks, p50Ms: rank(0.5), p95Ms: rank(0.95), worstMs: rank(1), cpuMs: cpuUs / 1000 / ticks };
}

if (import.meta.main) {
  const { models, ticks, p50Ms, p95Ms, worstMs, cpuMs } = measureTick();
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  console.log(
    `${models} models, ${ticks} ticks: p50 ${ms(p50Ms)}, p95 ${ms(p95Ms)}, worst ${ms(worstMs)}, processor ${ms(cpuMs)} each`,
  );
}
