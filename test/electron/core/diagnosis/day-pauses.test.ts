import { describe, expect, it } from 'vitest';
import { findBaseline } from '../../../../electron/core/diagnosis/baseline.ts';
import { pausesOfDays } from '../../../../electron/core/diagnosis/day-pauses.ts';
import { diagnose } from '../../../../electron/core/diagnosis/diagnose.ts';
import type { DiagnosisInput } from '../../../../electron/core/diagnosis/input.ts';
import { clockOf, slotsFor } from '../../../../electron/core/diagnosis/statistical/clock.ts';
import { DayCells } from '../../../../electron/core/diagnosis/statistical/day-cells.ts';
import { study } from '../../../../electron/core/diagnosis/study.ts';
import type { StoredOrigin } from '../../../../electron/core/history/history.ts';
import { rowOf, stored } from '../../../support/diagnosis-scenarios.ts';
import { at, smallHistory } from './small-history.ts';
import { manyMornings } from './statistical/many-mornings.ts';

/**
 * Beside the savers a pool of another role stands idle in short transactions, five sessions all the time, and a dialog
 * of half a minute ends in every minute. A save has 10 ms between its statements, 30 ms while the report runs.
 */
const incident = [50, 110] as const;
const [quietPauseMs, slowPauseMs] = [10, 30];
const poolMs = 5 * 60_000;
const dialogMs = 30_000;
const looks = 12;

function besideAPool(): DiagnosisInput {
  const { input } = manyMornings({
    seed: 4,
    days: 6,
    suspects: [{ statementId: '10', runs: (day) => (day === 5 ? [[...incident, 8]] : []), effectMs: 0 }],
    incident,
  });
  const { fromMs, toMs } = input;
  const slow = (atMs: number) => atMs >= fromMs && atMs < toMs;
  const pauseMs = (atMs: number, saves: number) => saves * (slow(atMs) ? slowPauseMs : quietPauseMs);
  // 600 saves a minute: sessions that stand between two statements of one, per look.
  const standing = (atMs: number) => pauseMs(atMs, 600) / 60_000;
  const idle = (statementId: string, pid: number, atMs: number, roleName: string) =>
    rowOf(statementId, pid, { state: 'idle in transaction', roleName, queryStartMs: atMs - 40, applicationName: '' });
  const origin = (originId: number, roleName: string): StoredOrigin => ({
    originId,
    applicationName: '',
    roleName,
    databaseName: 'erp',
    backendType: 'client backend',
  });
  return {
    ...input,
    statements: [...input.statements, stored('20', 'select 1 from web.session where id = $1', 'web')],
    deltas: input.deltas.map((one) => ({
      ...one,
      idleInTransactionMs: poolMs + pauseMs(one.fromMs, one.deltas[0]?.counters.calls ?? 0),
    })),
    samples: input.samples.map(({ atMs, rows }, index) => ({
      atMs,
      rows: [
        ...rows,
        ...Array.from({ length: 5 }, (_, pid) => idle('20', 900 + pid, atMs, 'web')),
        ...Array.from(
          { length: Math.floor(standing(atMs) * (index + 1)) - Math.floor(standing(atMs) * index) },
          (_, pid) => idle('1', 950 + pid, atMs, 'erp'),
        ),
      ],
    })),
    days: (input.days ?? []).map((minute) => ({
      ...minute,
      idleInTransactionMs: poolMs + dialogMs + pauseMs(minute.fromMs, minute.calls[0] ?? 0),
      endedIdleMs: dialogMs,
      seen: {
        statementIds: Int32Array.of(1, 20),
        originIds: Int32Array.of(1, 2),
        working: Float64Array.of(0, 0),
        lockWaits: Float64Array.of(0, 0),
        others: Float64Array.of(0, 0),
        pauses: Float64Array.of(standing(minute.fromMs) * looks, 5 * looks),
        longestWorkingMs: Float64Array.of(0, 0),
      },
    })),
    origins: new Map([origin(1, 'erp'), origin(2, 'web')].map((one) => [one.originId, one])),
  };
}

describe('the time between the statements of saves on earlier days', () => {
  const input = besideAPool();

  it('is without the pauses of others, as the incident’s is', () => {
    const verdict = diagnose(input);
    expect(verdict.badges.find(({ kind }) => kind === 'baseline')?.text).toContain('same hour of earlier days');
    expect(verdict.victims[0]).toMatchObject({ statement: { statementId: 'between-statements' } });
    // 20 ms more for each of 36,000 saves.
    expect(verdict.damageSeconds).toBeGreaterThan(0.7 * 0.02 * 36_000);
    expect(verdict.damageSeconds).toBeLessThan(1.3 * 0.02 * 36_000);
    expect(verdict).toMatchObject({ conclusion: 'culprits', findings: [{ statement: { statementId: '10' } }] });
  });

  it('is not known where nobody was seen', () => {
    const { catalog } = study(input);
    const [minute] = input.days ?? [];
    if (minute === undefined) throw new Error('there are no earlier days');
    expect(pausesOfDays(input, catalog)(minute)).toBeLessThan(0.05 * poolMs);
    expect(pausesOfDays({ days: input.days ?? [] }, catalog)(minute)).toBeNull();
    const { seen: _seen, ...unseen } = minute;
    expect(pausesOfDays({ ...input, days: [unseen] }, catalog)(unseen)).toBeNull();
  });

  it('is compared with that of raw intervals in one unit', () => {
    const { catalog, unit, intervals, cores } = study(input);
    const window = { fromMs: input.fromMs, toMs: input.toMs };
    const baseline = findBaseline(intervals, catalog, { incident: window, given: null, cores, unit });
    const clock = clockOf(undefined, 'UTC');
    const slots = slotsFor(window, undefined, clock, 0);
    if (slots === null) throw new Error('the window has no slots');
    const table = new DayCells({ catalog, baseline, unit, suspects: [], clock, slots });
    table.addRollups(input.days ?? [], [], pausesOfDays(input, catalog));
    const cells = table.cells();
    expect(cells.length).toBeGreaterThan(10);
    for (const cell of cells) {
      const { seconds, calls } = table.excessOf(cell);
      expect(Math.abs(seconds / calls)).toBeLessThan(0.02);
    }
  });

  it('leans no more to the savers in short intervals than in minutes', () => {
    const short = smallHistory({
      statements: { save: 'insert into invoice values ($1)' },
      booked: () => ({ save: [50, 2, 10] }),
      betweenMs: () => 25_000,
      rows: (second) =>
        Array.from({ length: 5 }, (_, pid) =>
          rowOf(null, pid, { state: 'idle in transaction', roleName: 'web', queryStartMs: at(second) }),
        ),
      incidentSeconds: 60,
    });
    for (const { betweenMs } of study(short).intervals) expect(betweenMs).toBeLessThan(0.01 * 25_000);
  });
});
