import type { Victim } from '../../../shared/model/diagnosis.ts';
import { expectedBetween, type Baseline } from './baseline.ts';
import { betweenStatements } from './between-statements.ts';
import type { StatementGroup } from './catalog.ts';
import { sum, type IntervalDamage } from './damage.ts';
import type { Study } from './study.ts';
import { canSuffer } from './roles.ts';
import { commits, usualCommitMs } from './commit-waits.ts';
import { savingTime, type SaveUnit } from './saves.ts';

/** What got slower: OLTP statements, and the time between those of a save; the one that suffered most first. */
export function describeVictims(
  damages: readonly IntervalDamage[],
  baseline: Baseline,
  { unit, catalog }: Pick<Study, 'unit' | 'catalog'>,
): Victim[] {
  const totals = new Map<StatementGroup, { calls: number; execMs: number; blocks: number; damage: number }>();
  const totalOf = (group: StatementGroup) => {
    const total = totals.get(group) ?? { calls: 0, execMs: 0, blocks: 0, damage: 0 };
    totals.set(group, total);
    return total;
  };
  for (const { interval, part, byVictim } of damages) {
    for (const [group, seconds] of byVictim) totalOf(group).damage += seconds;
    for (const [group, booked] of interval.booked) {
      if (!canSuffer(group)) continue;
      const total = totalOf(group);
      total.calls += booked.calls * part;
      total.execMs += booked.execMs * part;
      total.blocks += booked.blocks * part;
    }
  }
  const statements = [...totals].flatMap(([group, { calls, execMs, blocks, damage }]): Victim[] => {
    const usual = baseline.usual.get(group);
    if (usual === undefined || damage === 0) return [];
    const meanMs = calls === 0 ? usual.meanMs : execMs / calls;
    const workRatio = calls === 0 || usual.blocks === 0 ? null : blocks / calls / usual.blocks;
    const { statement } = group;
    return [
      { statement, calls: Math.round(calls), baselineMs: usual.meanMs, meanMs, damageSeconds: damage, workRatio },
    ];
  });
  const commit = describeCommits(damages, usualCommitMs(baseline, catalog, unit), unit);
  return [...statements, ...describeBetween(damages, baseline, unit), ...commit].toSorted(
    (a, b) => b.damageSeconds - a.damageSeconds || (a.statement.statementId < b.statement.statementId ? -1 : 1),
  );
}

/** Its calls are saves; its work is the number of statements that a save has. */
function describeBetween(damages: readonly IntervalDamage[], { between }: Baseline, unit: SaveUnit): Victim[] {
  let saves = 0;
  let calls = 0;
  let spentMs = 0;
  let damageSeconds = 0;
  for (const { interval, part, betweenSeconds } of damages) {
    const time = expectedBetween(interval, between, unit);
    damageSeconds += betweenSeconds;
    saves += (time?.saves ?? 0) * part;
    calls += (time?.calls ?? 0) * part;
    spentMs += (time?.spentMs ?? 0) * part;
  }
  if (between === null || damageSeconds === 0 || saves === 0) return [];
  return [
    {
      statement: betweenStatements.statement,
      calls: Math.round(saves),
      baselineMs: between.meanMs,
      meanMs: spentMs / saves,
      damageSeconds,
      workRatio: between.callsPerSave === 0 ? null : calls / saves / between.callsPerSave,
    },
  ];
}

function describeCommits(damages: readonly IntervalDamage[], usualMs: number | null, unit: SaveUnit): Victim[] {
  const damageSeconds = sum(damages.map(({ commitSeconds }) => commitSeconds));
  const saves = sum(damages.map(({ interval, part }) => savingTime(interval, unit).saves * part));
  if (damageSeconds === 0 || saves === 0 || usualMs === null) return [];
  const spentSeconds = sum(damages.map(({ commitSpentSeconds }) => commitSpentSeconds));
  return [
    {
      statement: commits.statement,
      calls: Math.round(saves),
      baselineMs: usualMs,
      meanMs: (spentSeconds * 1000) / saves,
      damageSeconds,
      workRatio: null,
    },
  ];
}
