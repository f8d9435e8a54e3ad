import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blockingTrees } from '../../../../../electron/core/diagnosis/transactions/blocking-trees.ts';
import type { BlockingNode } from '../../../../../shared/model/transactions.ts';
import { at, idle, sampled, texts, waiting, type Session } from './sampled.ts';

const pids = (node: BlockingNode): number[] => [node.pid, ...node.waiters.flatMap(pids)];

test('a queue behind an open dialog is one tree over its life, with the dialog and its last statement as the root', () => {
  const history = sampled(60, (second) => {
    if (second < 10 || second >= 50) return [];
    const queue: Session[] = [
      { ...idle(1), xactStartMs: at(-30), applicationName: 'erp dialog' },
      { ...waiting(2, 1), queryStartMs: at(9) },
    ];
    if (second >= 20) queue.push({ ...waiting(3, 2), queryStartMs: at(19) });
    if (second >= 30 && second < 40) queue.push({ ...waiting(4, 2, 3), queryStartMs: at(29) });
    return queue;
  });
  const trees = blockingTrees(history);
  expect(trees).toMatchObject([
    {
      mostWaiting: 3,
      root: {
        pid: 1,
        applicationName: 'erp dialog',
        state: 'idle in transaction',
        statement: { statementId: '1' },
        text: texts['1'],
        waitedSeconds: 0,
        waiters: [
          {
            pid: 2,
            waiters: [
              { pid: 3, waiters: [] },
              { pid: 4, waiters: [] },
            ],
          },
        ],
      },
    },
  ]);
  const [tree] = trees;
  expect(tree?.waitedSeconds).toBeCloseTo(40 + 30 + 10, 5);
  expect(tree?.root.waiters[0]?.waitedSeconds).toBeCloseTo(40, 5);
  expect(tree?.fromMs).toBe(at(10));
  expect(tree?.toMs).toBe(at(50));
});

test('the next transaction of the same session is another queue, and so is a later one behind the same root', () => {
  const history = sampled(120, (second) => {
    const root = { ...idle(1), xactStartMs: second < 10 ? at(-30) : at(10) };
    const queued = second < 20 || second >= 100;
    return queued ? [root, { ...waiting(2, 1), queryStartMs: at(second) }] : [root];
  });
  expect(blockingTrees(history).map(({ fromMs, toMs }) => [(fromMs - at(0)) / 1000, (toMs - at(0)) / 1000])).toEqual([
    [100, 120],
    [0, 10],
    [10, 20],
  ]);
});

test('a worker waits for its leader, a root that nobody saw keeps its name, and two roots have the waiter each', () => {
  const history = sampled(10, () => [
    { ...waiting(20, 0), leaderPid: 2, backendType: 'parallel worker' },
    { pid: 2, query: texts['2'] },
    waiting(3, 8, 9),
    idle(9),
  ]);
  const trees = blockingTrees(history);
  expect(trees.map(({ root }) => [root.pid, root.state, ...root.waiters.map(({ pid }) => pid)])).toEqual([
    [0, 'prepared transaction', 2],
    [8, 'not seen', 3],
    [9, 'idle in transaction', 3],
  ]);
  for (const { waitedSeconds } of trees) expect(waitedSeconds).toBeCloseTo(10, 5);
});

test('a ring has its oldest transaction for a root, with everybody behind it', () => {
  const history = sampled(3, () => [
    { ...waiting(1, 3), xactStartMs: at(-5) },
    { ...waiting(2, 1), xactStartMs: at(-9) },
    { ...waiting(3, 2), xactStartMs: at(-7) },
    waiting(4, 1),
    waiting(5, 5),
  ]);
  const [ring, ...others] = blockingTrees(history);
  expect(others).toEqual([]);
  expect(ring?.root).toMatchObject({ pid: 2, waiters: [{ pid: 3, waiters: [{ pid: 1, waiters: [{ pid: 4 }] }] }] });
});

test('200 savers behind one row do not take for ever, and the window alone is counted', () => {
  const all = Array.from({ length: 200 }, (_, index) => index + 2);
  const history = sampled(
    60,
    () => [idle(1), ...all.map((pid) => waiting(pid, 1, ...all.filter((before) => before < pid)))],
    { fromSecond: 30 },
  );
  const [tree] = blockingTrees(history);
  expect(tree?.mostWaiting).toBe(200);
  expect(tree?.waitedSeconds).toBeCloseTo(200 * 30, 5);
});

test('whoever waits for whom, nobody is lost, nobody stands twice in a tree, and nobody waits longer than the window', () => {
  const session = fc.record({
    pid: fc.integer({ min: 1, max: 8 }),
    blockedByPids: fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 4 }),
    leaderPid: fc.option(fc.integer({ min: 1, max: 8 }), { freq: 6 }),
    queryStartMs: fc.integer({ min: -5, max: 5 }).map(at),
    waitEventType: fc.constant('Lock'),
  });
  const looks = fc.array(fc.uniqueArray(session, { selector: ({ pid }) => pid }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(looks, (rows: Session[][]) => {
      const trees = blockingTrees(sampled(rows.length, (second) => rows[second] ?? []));
      for (const { root, waitedSeconds, mostWaiting } of trees) {
        const members = pids(root);
        expect(new Set(members).size).toBe(members.length);
        expect(members).toHaveLength(mostWaiting + 1);
        expect(waitedSeconds).toBeLessThanOrEqual(8 * rows.length + 1e-6);
      }
      const [first = []] = rows;
      const own = new Map(first.map((row) => [row.pid, row]));
      const standsFor = (pid: number): number => {
        const leader = own.get(pid)?.leaderPid ?? null;
        return leader !== null && own.get(leader)?.leaderPid === null ? leader : pid;
      };
      if (rows.length > 1) return;
      const seen = new Set(trees.flatMap(({ root }) => pids(root)));
      for (const { pid, blockedByPids = [] } of first) {
        const blockers = blockedByPids.map(standsFor).filter((blocker) => blocker !== standsFor(pid));
        if (blockers.length > 0) expect(seen.has(standsFor(pid))).toBe(true);
      }
    }),
  );
});
