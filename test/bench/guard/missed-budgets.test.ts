import { expect, test } from 'vitest';
import type { GuardRecord, RecordedRun } from '../../../shared/model/schedule-view.ts';
import { missedBudgets, type Look } from './missed-budgets.ts';

const budgetMs = 60_000;
const look = (atMs: number, asOfMs: number | null, readModel = 'sales'): Look => ({
  atMs,
  readModel,
  asOfMs,
  budgetMs,
});
/** Over from 60,000 on, last seen so at 70,000. */
const over: readonly Look[] = [look(50_000, 0), look(65_000, 0), look(70_000, 0), look(75_000, 72_000)];

const run = (changes: Partial<RecordedRun>): RecordedRun => ({
  runId: 'r1',
  readModel: 'sales',
  version: 1,
  state: 'done',
  mode: 'full',
  slot: 'a',
  modeReason: null,
  why: null,
  dueMs: null,
  queuedAtMs: null,
  startedAtMs: 40_000,
  endedAtMs: 45_000,
  untilMs: null,
  asOfMs: null,
  rows: null,
  cost: { rowsInserted: null, rowsUpdated: null, rowsDeleted: null, walBytes: null, tempBytes: null },
  lockWaitMs: null,
  attempt: null,
  retryReason: null,
  error: null,
  sqlstate: null,
  runner: 'agent',
  epoch: 1,
  cancelAsked: null,
  ...changes,
});
const decision = (changes: Partial<GuardRecord>): GuardRecord => ({
  decidedAtMs: 50_000,
  readModel: 'sales',
  runId: null,
  runner: 'agent',
  decision: 'postpone',
  reason: { code: 'load_latency', text: 'saves take three times as long' },
  ...changes,
});
const reasons = (runs: readonly RecordedRun[], decisions: readonly GuardRecord[] = [], looks = over) =>
  missedBudgets(looks, runs, decisions).map(({ reason }) => reason);

test('a stretch over budget is one, from when the budget ended to when it was last seen so', () => {
  expect(missedBudgets(over, [], [])).toEqual([{ readModel: 'sales', fromMs: 60_000, toMs: 70_000, reason: null }]);
  expect(missedBudgets([look(60_000, 0), look(1e9, null)], [], [])).toEqual([]);
});

test('each as-of and each read model has a stretch of its own', () => {
  const looks = [look(61_000, 0), look(200_000, 100_000), look(61_000, 0, 'stock')];
  expect(missedBudgets(looks, [], []).map(({ readModel, fromMs }) => [readModel, fromMs])).toEqual([
    ['sales', 60_000],
    ['sales', 160_000],
    ['stock', 60_000],
  ]);
});

test('what the guard decided in the last half of the budget is the reason, of that read model only', () => {
  expect(reasons([], [decision({})])).toEqual(['guard postpone: saves take three times as long']);
  expect(reasons([], [decision({ decidedAtMs: 29_999 })])).toEqual([null]);
  expect(reasons([], [decision({ decidedAtMs: 70_001 })])).toEqual([null]);
  expect(reasons([], [decision({ readModel: 'stock' })])).toEqual([null]);
});

test('a run is a reason where it was under way when the budget ended, not because it began', () => {
  expect(reasons([run({ startedAtMs: 59_000, endedAtMs: 72_000 })])).toEqual(['done: it was under way']);
  expect(reasons([run({ state: 'running', startedAtMs: 59_000, endedAtMs: null })])).toEqual([
    'running: it was under way',
  ]);
  expect(reasons([run({ startedAtMs: 60_001, endedAtMs: 72_000 })])).toEqual([null]);
  expect(reasons([run({ startedAtMs: 40_000, endedAtMs: 59_999 })])).toEqual([null]);
  expect(reasons([run({ startedAtMs: 71_000, endedAtMs: 72_000 })])).toEqual([null]);
});

test('a turn that was held back, and an attempt that failed, say why', () => {
  const why = { code: 'window', text: 'month-end' } as const;
  const held = { state: 'skipped', why, startedAtMs: 35_000, endedAtMs: 35_000 } as const;
  expect(reasons([run(held)])).toEqual(['skipped: month-end']);
  expect(reasons([run({ ...held, startedAtMs: 29_000 })])).toEqual([null]);
  const failed = { state: 'failed', error: 'deadlock detected', startedAtMs: 20_000, endedAtMs: 31_000 } as const;
  expect(reasons([run(failed)])).toEqual(['failed: deadlock detected']);
  expect(reasons([run({ ...failed, endedAtMs: 29_000 })])).toEqual([null]);
  expect(reasons([run({ ...failed, error: null })])).toEqual([null]);
});
