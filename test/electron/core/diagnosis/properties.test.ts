import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../../electron/core/diagnosis/diagnose.ts';
import type { DiagnosisInput } from '../../../../electron/core/diagnosis/input.ts';
import type { StoredActivityRow } from '../../../../electron/core/history/history.ts';
import { counters, rowOf, stored } from '../../../support/diagnosis-scenarios.ts';

const texts = [
  'insert into invoice values ($1)',
  'update stock set on_hand = $1',
  'select sum(x) from line group by y',
  'select region, count(*) from invoice group by region',
  'refresh materialized view mv',
  'vacuum line',
  'commit',
  'call nightly()',
  'copy line from stdin',
];
const waits = [
  [null, null],
  [null, null],
  ['IO', 'DataFileRead'],
  ['IO', 'BufFileWrite'],
  ['IO', 'WALSync'],
  ['Lock', 'transactionid'],
  ['Client', 'ClientRead'],
] as const;
const states = ['active', 'active', 'active', 'idle in transaction', 'idle'];

const startMs = 1_000_000;
const intervalMs = 5000;
const intervals = 12;

const activityRow: fc.Arbitrary<StoredActivityRow> = fc
  .record({
    statement: fc.option(fc.nat(texts.length - 1), { nil: null, freq: 10 }),
    state: fc.constantFrom(...states),
    wait: fc.constantFrom(...waits),
    blockers: fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 2 }),
    ageMs: fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: null }),
  })
  .map(({ statement, state, wait: [waitEventType, waitEvent], blockers, ageMs }) =>
    rowOf(statement === null ? null : `s${statement}`, 0, {
      state,
      waitEventType,
      waitEvent,
      query: statement === null ? '' : (texts[statement] ?? ''),
      blockedByPids: waitEventType === 'Lock' ? blockers : [],
      queryStartMs: ageMs,
    }),
  );

const sample = fc.array(activityRow, { maxLength: 8 });
const booked = fc.record({
  statement: fc.nat(texts.length - 1),
  calls: fc.integer({ min: 0, max: 500 }),
  meanMs: fc.double({ min: 0, max: 5000, noNaN: true }),
  blocks: fc.integer({ min: 0, max: 20_000 }),
  discontinuity: fc.boolean(),
});

const history: fc.Arbitrary<DiagnosisInput> = fc
  .record({
    samples: fc.array(sample, { minLength: intervals * 3, maxLength: intervals * 3 }),
    deltas: fc.array(fc.uniqueArray(booked, { selector: ({ statement }) => statement, maxLength: texts.length }), {
      minLength: intervals,
      maxLength: intervals,
    }),
    cores: fc.option(fc.integer({ min: 1, max: 8 }), { nil: null }),
    statisticsAvailable: fc.boolean(),
    given: fc.boolean(),
    pausesMs: fc.array(fc.option(fc.integer({ min: 0, max: 30_000 }), { nil: null }), {
      minLength: intervals,
      maxLength: intervals,
    }),
  })
  .map(({ samples, deltas, cores, statisticsAvailable, given, pausesMs }): DiagnosisInput => {
    const toMs = startMs + intervals * intervalMs;
    const fromMs = startMs + (intervals / 2) * intervalMs;
    return {
      fromMs,
      toMs,
      baseline: given ? { fromMs: startMs, toMs: fromMs } : null,
      timeZone: 'UTC',
      statements: texts.map((text, index) => stored(`s${index}`, text, 'erp')),
      deltas: deltas.map((rows, index) => ({
        fromMs: startMs + index * intervalMs,
        toMs: startMs + (index + 1) * intervalMs,
        deallocs: 0,
        resets: 0,
        coverage: null,
        idleInTransactionMs: pausesMs[index] ?? null,
        deltas: rows.map(({ statement, calls, meanMs, blocks, discontinuity }) => ({
          statementId: `s${statement}`,
          discontinuity,
          counters: counters({ calls, rows: calls, totalExecMs: calls * meanMs, sharedBlksHit: calls * blocks }),
        })),
      })),
      samples: samples.map((rows, index) => {
        const atMs = startMs + (index * intervalMs) / 3 + 500;
        return {
          atMs,
          rows: rows.map(({ statementId, row }, pid) => ({
            statementId,
            row: { ...row, pid: pid + 1, queryStartMs: row.queryStartMs === null ? null : atMs - row.queryStartMs },
          })),
        };
      }),
      overrides: new Map(),
      widgets: [],
      ownApplicationNames: ['daybreak-sampler'],
      cores: { value: cores, source: cores === null ? 'unknown' : 'setting' },
      statisticsAvailable,
    };
  });

const runs = { numRuns: 120 };

describe('whatever the history holds', () => {
  it('findings and the unexplained share add up to exactly 1, and none leaves 0..1', () => {
    let verdictsWithFindings = 0;
    fc.assert(
      fc.property(history, (input) => {
        const verdict = diagnose(input);
        const shares = [...verdict.findings.map(({ blameShare }) => blameShare), verdict.unexplainedShare];
        if (verdict.findings.some(({ blameShare }) => blameShare > 0)) verdictsWithFindings += 1;
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(1);
        for (const share of shares) {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1);
        }
        for (const { blameShare, blameInterval, evidence, damageSeconds } of verdict.findings) {
          const [low, high] = blameInterval;
          expect(low).toBeGreaterThanOrEqual(0);
          expect(low).toBeLessThanOrEqual(blameShare);
          expect(high).toBeGreaterThanOrEqual(blameShare);
          expect(high).toBeLessThanOrEqual(1);
          const told = evidence.reduce((sum, one) => sum + one.damageSeconds, 0);
          expect(told).toBeLessThanOrEqual(damageSeconds * (1 + 1e-9));
          for (const { share } of evidence) expect(share).toBeLessThanOrEqual(1 + 1e-9);
        }
        expect(verdict.damageSeconds).toBeGreaterThanOrEqual(0);
      }),
      runs,
    );
    expect(verdictsWithFindings).toBeGreaterThan(10);
  });

  it('an OLTP statement is never a finding unless its transaction stood idle with a lock', () => {
    fc.assert(
      fc.property(history, (input) => {
        for (const finding of diagnose(input).findings) {
          expect(finding.class).not.toBe('oltp');
          if (finding.statement.class !== 'oltp') continue;
          expect(finding.evidence.map(({ kind }) => kind)).toContain('lock');
          const credited = finding.evidence.filter(({ damageSeconds }) => damageSeconds > 0);
          expect(credited.every(({ kind }) => kind === 'lock')).toBe(true);
        }
      }),
      runs,
    );
  });

  it('the order in which it is read does not matter', () => {
    fc.assert(
      fc.property(history, (input) => {
        const shuffled: DiagnosisInput = {
          ...input,
          statements: input.statements.toReversed(),
          deltas: input.deltas.toReversed().map((one) => ({ ...one, deltas: one.deltas.toReversed() })),
          samples: input.samples.toReversed().map((one) => ({ ...one, rows: one.rows.toReversed() })),
        };
        expect(diagnose(shuffled)).toEqual(diagnose(input));
      }),
      runs,
    );
  });

  it('one more idle session, and our own sampler, change nothing', () => {
    fc.assert(
      fc.property(history, (input) => {
        const idle = (atMs: number) =>
          rowOf('s2', 900, { state: 'idle', query: texts[2] ?? '', queryStartMs: atMs - 10 });
        const own = (atMs: number) =>
          rowOf('s3', 901, { applicationName: 'daybreak-sampler', query: texts[3] ?? '', queryStartMs: atMs - 9000 });
        const withMore: DiagnosisInput = {
          ...input,
          samples: input.samples.map(({ atMs, rows }) => ({ atMs, rows: [...rows, idle(atMs), own(atMs)] })),
        };
        expect(diagnose(withMore)).toEqual(diagnose(input));
      }),
      runs,
    );
  });
});
