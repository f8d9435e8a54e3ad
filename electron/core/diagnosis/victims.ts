import type { Victim } from '../../../shared/model/diagnosis.ts';
import { expectedBetween, type Baseline } from './baseline.ts';
import { betweenStatements } from './between-statements.ts';
import { flagsOf } from './booked.ts';
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
  const { groups } = catalog;
  const suffers = flagsOf(groups, canSuffer);
  const column = () => new Float64Array(groups.length);
  const [calls, execMs, blocks, damage] = [column(), column(), column(), column()];
  for (const { interval, part, booked: waited, unbooked } of damages) {
    const { booked } = interval;
    for (const [group, seconds] of unbooked) {
      const position = catalog.positionOf(group);
      if (position >= 0) damage[position] = (damage[position] ?? 0) + seconds;
    }
    for (let row = 0; row < booked.size; row += 1) {
      const position = booked.positions[row] ?? 0;
      if (suffers[position] !== 1) continue;
      damage[position] = (damage[position] ?? 0) + (waited[row] ?? 0);
      calls[position] = (calls[position] ?? 0) + (booked.calls[row] ?? 0) * part;
      execMs[position] = (execMs[position] ?? 0) + (booked.execMs[row] ?? 0) * part;
      blocks[position] = (blocks[position] ?? 0) + (booked.blocks[row] ?? 0) * part;
    }
  }
  const statements = groups.flatMap((group, position): Victim[] => {
    const damageSeconds = damage[position] ?? 0;
    const usual = damageSeconds === 0 ? undefined : baseline.usual.get(group);
    if (usual === undefined) return [];
    const n = calls[position] ?? 0;
    const meanMs = n === 0 ? usual.meanMs : (execMs[position] ?? 0) / n;
    const workRatio = n === 0 || usual.blocks === 0 ? null : (blocks[position] ?? 0) / n / usual.blocks;
    const { statement } = group;
    return [{ statement, calls: Math.round(n), baselineMs: usual.meanMs, meanMs, damageSeconds, workRatio }];
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
