import { describe, expect, it } from 'vitest';
import {
  damageText,
  dayText,
  isDay,
  minuteOf,
  minutesOf,
  nextText,
  smallestP,
} from '../../../renderer/screens/mornings/drawer/experiment-days.ts';
import {
  comparedFigure,
  differenceNodes,
  estimateText,
  inOrder,
  methodText,
  ownText,
  placeholders,
  planNodes,
} from '../../../renderer/screens/mornings/drawer/plan-nodes.ts';
import { ifGoneText } from '../../../renderer/screens/mornings/drawer/if-gone-text.ts';
import { lockNodes, stateText } from '../../../renderer/screens/mornings/tabs/lock-tree.ts';
import type { Explained, PlanNode } from '../../../shared/model/explain.ts';
import type { BlockingNode } from '../../../shared/model/transactions.ts';

const plan = (explainId: string, part: Partial<Explained> = {}): Explained => ({
  explainId,
  serverId: 'erp',
  statementId: '1',
  takenAtMs: 0,
  method: 'constants',
  analyzed: false,
  sql: 'select 1',
  values: [],
  root: node('0'),
  planningMs: null,
  executionMs: null,
  shape: '',
  notes: [],
  ...part,
});

const node = (nodeId: string, part: Partial<PlanNode> = {}): PlanNode => ({
  nodeId,
  nodeType: 'Seq Scan',
  relation: 'orders',
  index: null,
  details: [],
  startupCost: 0,
  totalCost: 12_300,
  ownCost: 12_000,
  estimatedRows: 10,
  actualRows: null,
  loops: null,
  totalMs: null,
  ownMs: null,
  sharedBlocks: null,
  tempBlocks: null,
  rowsRemoved: null,
  estimateError: null,
  slowest: false,
  children: [],
  ...part,
});

describe('a plan', () => {
  it('keeps its shape', () => {
    const [root] = planNodes(node('0', { children: [node('0.0'), node('0.1', { children: [node('0.1.0')] })] }));
    expect(root?.children.map(({ id }) => id)).toEqual(['0.0', '0.1']);
    expect(root?.children[1]?.children[0]?.id).toBe('0.1.0');
  });

  it('shows times where it was run and costs where it was not', () => {
    expect(ownText(node('0'))).toBe('12k');
    expect(ownText(node('0', { ownMs: 297 }))).toBe('297 ms');
  });

  it('says a wrong estimate from tenfold on, and only of what was counted', () => {
    expect(estimateText(node('0', { actualRows: 12_000, estimateError: 1200 }))).toBe(
      'estimated 10, came 12,000: 1,200 times off',
    );
    expect(estimateText(node('0', { actualRows: 60, estimateError: 6 }))).toBeNull();
    expect(estimateText(node('0', { estimateError: 1200 }))).toBeNull();
  });

  it('is never compared by its time with one that was only planned', () => {
    const run = plan('run', { analyzed: true });
    const measured = node('0', { totalMs: 417 });
    expect(comparedFigure(run, run).of(measured)).toBe('417 ms');
    expect(comparedFigure(run, run).of(node('0'))).toBe('never ran');
    expect(comparedFigure(plan('planned'), run).of(measured)).toBe('12.3k');
    expect(comparedFigure(run, plan('planned')).name).toBe('cost');
  });

  it('is "before" one that was taken later, whichever was chosen first', () => {
    const plans = [plan('late', { takenAtMs: 2 }), plan('early', { takenAtMs: 1 })];
    const ordered = { beforeExplainId: 'early', afterExplainId: 'late' };
    expect([inOrder(plans, 'late', 'early'), inOrder(plans, 'early', 'late')]).toEqual([ordered, ordered]);
  });

  it('says with which values it was taken, and nothing of values where the text had kept them', () => {
    const values = [{ name: '$1', literal: '42', origin: 'sample' as const }];
    expect(methodText(plan('restored', { values }))).toBe('planned with the values below, not run');
    expect(methodText(plan('whole', { analyzed: true }))).toBe('planned as it was sent, run and rolled back');
  });

  it('for any value still says where its values stood', () => {
    expect(placeholders("select $2 from t where a = $10 and b > $2 and c = 'a $3 bill, it''s $4'")).toEqual([
      '$2',
      '$10',
    ]);
    expect(placeholders('select 1')).toEqual([]);
  });

  it('beside another one becomes a tree again', () => {
    const row = (depth: number) => ({ kind: 'same' as const, before: null, after: null, depth, text: null });
    const shape = (depths: readonly number[]) =>
      JSON.stringify(differenceNodes(depths.map(row)), (key, value: unknown) =>
        key === 'row' || key === 'id' ? undefined : value,
      ).replaceAll('"children":', '');
    expect(shape([0, 1, 2, 1])).toBe('[{[{[{[]}]},{[]}]}]');
    expect(shape([0, 0, 1])).toBe('[{[]},{[{[]}]}]');
  });
});

describe('an experiment', () => {
  it('takes the clock times of the incident', () => {
    const at = (hours: number, minutes: number) => Date.UTC(2026, 10, 20, hours, minutes);
    expect(minutesOf({ fromMs: at(7, 52), toMs: at(8, 21) }, 'UTC')).toEqual({ fromMinute: 472, toMinute: 501 });
    expect(minutesOf({ fromMs: at(23, 50), toMs: at(24, 10) }, 'UTC')).toEqual({ fromMinute: 1430, toMinute: 1440 });
  });

  it('reads times and days as people type them, and nonsense as neither', () => {
    expect([minuteOf('7:45'), minuteOf(' 24:00 '), minuteOf('24:01'), minuteOf('7.45'), minuteOf('12:60')]).toEqual([
      465,
      1440,
      null,
      null,
      null,
    ]);
    expect([isDay('2026-11-23'), isDay('2026-02-30'), isDay('23.11.2026')]).toEqual([true, false, false]);
  });

  it('shows what a save waited only at its end', () => {
    const day = { day: '2026-11-23', arm: 'live', exposure: 2, excluded: null } as const;
    expect(damageText({ ...day, saves: null, damagePerSaveMs: null })).toBe('not yet');
    expect(damageText({ ...day, saves: 300, damagePerSaveMs: null })).toBe('at the end');
    expect(damageText({ ...day, saves: 300, damagePerSaveMs: 12 })).toBe('12 ms');
  });

  it('says what the next morning shall be, by the clock of the place', () => {
    const day = (date: string, arm: 'live' | 'without', excluded: string | null = null) => ({
      day: date,
      arm,
      exposure: null,
      excluded,
      saves: null,
      damagePerSaveMs: null,
    });
    const days = [day('2026-11-23', 'live'), day('2026-11-24', 'without', 'a holiday'), day('2026-11-25', 'without')];
    const experiment = { days, toMinute: 540, timeZone: 'Europe/Berlin' };
    const next = (hour: number, minute: number) => nextText(experiment, Date.UTC(2026, 10, 23, hour, minute));
    expect(next(7, 59)).toBe('Next is Mon 23 Nov 2026, with it: leave it as it is.');
    expect(next(8, 0)).toBe('Next is Wed 25 Nov 2026, without it: see to it that it does not run.');
    expect(nextText(experiment, Date.UTC(2026, 10, 26))).toBeNull();
    expect(dayText('2026-12-01')).toBe('Tue 1 Dec 2026');
  });

  it('of eight mornings reaches 1/70 at best', () => {
    expect(smallestP(8)).toBeCloseTo(1 / 70);
    expect(smallestP(4)).toBeCloseTo(1 / 6);
  });
});

it('what a finding would have spared stands beside what was measured', () => {
  const finding = { ifGoneMeanMs: 287, ifGoneP95Ms: 1100 };
  expect(ifGoneText(finding, { meanMs: 325, p95Ms: 1200 })).toBe(
    'The victims’ mean would have been about 287 ms instead of 325 ms, their 95th percentile about 1.1 s instead of 1.2 s.',
  );
  expect(ifGoneText({ ...finding, ifGoneP95Ms: null }, null)).toBe('The victims’ mean would have been about 287 ms.');
  expect(ifGoneText({ ifGoneMeanMs: null, ifGoneP95Ms: null }, null)).toContain('cannot be said');
});

it('a lock queue has who holds everybody up at its root', () => {
  const session = (pid: number, waiters: BlockingNode[] = []): BlockingNode => ({
    pid,
    applicationName: '',
    roleName: null,
    statement: null,
    text: '',
    state: 'active',
    waitedSeconds: 1,
    waiters,
  });
  const queue = { fromMs: 0, toMs: 1, waitedSeconds: 3, mostWaiting: 2, root: session(1, [session(2, [session(3)])]) };
  const [root] = lockNodes([queue]);
  expect(root?.row.queue).toBe(queue);
  expect([root, root?.children[0]].map((one) => one && stateText(one.row))).toEqual(['at work', 'waits']);
  expect(root?.children[0]?.row).toMatchObject({ queue: null, session: { pid: 2 } });
  expect(root?.children[0]?.children[0]?.row.session.pid).toBe(3);
});
