import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seenTransactions } from '../../../../../electron/core/diagnosis/transactions/seen-transactions.ts';
import { at, idle, sampled, texts, waiting, type Session } from './sampled.ts';

test('a transaction lasts from its own beginning to where it was last seen, split by what it did', () => {
  const history = sampled(30, (second) => {
    if (second >= 20) return [];
    if (second < 4) return [{ pid: 7, xactStartMs: at(-60) }];
    if (second < 14) return [{ ...idle(7), xactStartMs: at(-60) }];
    return [
      { ...waiting(7, 9), xactStartMs: at(-60) },
      { ...idle(9), xactStartMs: at(-5) },
    ];
  });
  const [slow, holder] = seenTransactions(history);
  expect(slow).toMatchObject({
    pid: 7,
    startedAtMs: at(-60),
    lastSeenAtMs: at(19.5),
    durationSeconds: 79.5,
    blockedOthersSeconds: 0,
    open: false,
    statements: [{ statement: { statementId: '1' }, text: texts['1'] }],
  });
  expect(slow?.activeSeconds).toBeCloseTo(4, 5);
  expect(slow?.idleSeconds).toBeCloseTo(10, 5);
  expect(slow?.lockWaitSeconds).toBeCloseTo(5.5, 5);
  expect(holder).toMatchObject({ pid: 9, durationSeconds: 24.5, open: false });
  expect(holder?.blockedOthersSeconds).toBeCloseTo(6, 5);
});

test('the same session in its next transaction is another line, and a worker is part of its leader', () => {
  const history = sampled(10, (second) => [
    { pid: 7, xactStartMs: second < 5 ? at(0) : at(5), backendXminAge: second * 100 },
    { pid: 70, leaderPid: 7, backendType: 'parallel worker', xactStartMs: at(0) },
    {
      pid: 71,
      backendType: 'autovacuum worker',
      applicationName: '',
      xactStartMs: at(-100),
      query: 'autovacuum: VACUUM erp.stock',
    },
    { pid: 72, backendType: 'checkpointer', applicationName: '', state: null, xactStartMs: null },
    { pid: 73, applicationName: 'daybreak-sampler', xactStartMs: at(-1000) },
  ]);
  expect(seenTransactions(history)).toMatchObject([
    {
      pid: 71,
      applicationName: 'autovacuum worker',
      open: true,
      statements: [{ text: 'autovacuum: VACUUM erp.stock' }],
    },
    { pid: 7, startedAtMs: at(0), durationSeconds: 4.5, xminAge: 400, open: false },
    { pid: 7, startedAtMs: at(5), durationSeconds: 4.5, xminAge: 900, open: true },
  ]);
});

test('statements are told in the order in which they were seen', () => {
  const order = [texts['2'], texts['1'], texts['2'], 'commit'];
  const [transaction] = seenTransactions(sampled(4, (second) => [{ pid: 7, query: order[second] ?? '' }]));
  expect(transaction?.statements.map(({ text }) => text)).toEqual([texts['2'], texts['1'], 'commit']);
});

test('nothing is claimed about an hour in which nobody looked', () => {
  const history = sampled(3610, (second) => (second < 5 || second >= 3605 ? [{ ...idle(7) }] : []));
  const gap = { ...history, samples: history.samples.filter(({ rows }) => rows.length > 0) };
  const [transaction] = seenTransactions(gap);
  expect(transaction?.durationSeconds).toBeCloseTo(3610.5, 5);
  expect(transaction?.idleSeconds).toBeLessThan(30);
});

test('a megabyte of text is cut, and a clock set back gives no negative length', () => {
  const long = `select '${'x'.repeat(1_000_000)}'`;
  const [transaction] = seenTransactions(sampled(3, () => [{ pid: 7, query: long, xactStartMs: at(100) }]));
  expect(transaction).toMatchObject({ durationSeconds: 0, activeSeconds: 0 });
  expect(transaction?.statements[0]?.text.length).toBeLessThan(1_100);
});

test('whatever was sampled, the parts of a transaction are no more than the whole, and 200 are told at most', () => {
  const session = fc.record({
    pid: fc.integer({ min: 1, max: 6 }),
    state: fc.constantFrom('active', 'idle in transaction', 'idle in transaction (aborted)'),
    waitEventType: fc.constantFrom(null, 'Lock', 'IO'),
    xactStartMs: fc.option(fc.integer({ min: -50, max: 50 }).map(at)),
    queryStartMs: fc.option(fc.integer({ min: -50, max: 50 }).map(at)),
    blockedByPids: fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 3 }),
    leaderPid: fc.option(fc.integer({ min: 1, max: 6 })),
  });
  const looks = fc.array(fc.uniqueArray(session, { selector: ({ pid }) => pid, maxLength: 6 }), { maxLength: 40 });
  fc.assert(
    fc.property(looks, fc.constantFrom(1, 5, 60), (rows: Session[][], everySeconds) => {
      const history = sampled(rows.length * everySeconds, (second) => rows[second / everySeconds] ?? [], {
        everySeconds,
      });
      for (const one of seenTransactions(history)) {
        const parts = one.activeSeconds + one.idleSeconds + one.lockWaitSeconds;
        expect(parts).toBeLessThanOrEqual(one.durationSeconds + 1e-6);
        expect(
          Math.min(one.activeSeconds, one.idleSeconds, one.lockWaitSeconds, one.durationSeconds),
        ).toBeGreaterThanOrEqual(0);
      }
    }),
  );
  const many = sampled(1, () => Array.from({ length: 500 }, (_, pid) => ({ pid, xactStartMs: at(-pid) })));
  const told = seenTransactions(many);
  expect(told).toHaveLength(200);
  expect(told[0]).toMatchObject({ pid: 499 });
});
