import type { Victim } from '../../../shared/model/diagnosis.ts';
import type { Baseline } from './baseline.ts';
import type { StatementGroup } from './catalog.ts';
import type { IntervalDamage } from './damage.ts';
import { canSuffer } from './roles.ts';

/** The OLTP statements that got slower, the one that suffered most first. */
export function describeVictims(damages: readonly IntervalDamage[], baseline: Baseline): Victim[] {
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
  return [...totals]
    .flatMap(([group, { calls, execMs, blocks, damage }]): Victim[] => {
      const usual = baseline.usual.get(group);
      if (usual === undefined || damage === 0) return [];
      const meanMs = calls === 0 ? usual.meanMs : execMs / calls;
      const workRatio = calls === 0 || usual.blocks === 0 ? null : blocks / calls / usual.blocks;
      const { statement } = group;
      return [
        { statement, calls: Math.round(calls), baselineMs: usual.meanMs, meanMs, damageSeconds: damage, workRatio },
      ];
    })
    .toSorted(
      (a, b) => b.damageSeconds - a.damageSeconds || (a.statement.statementId < b.statement.statementId ? -1 : 1),
    );
}
