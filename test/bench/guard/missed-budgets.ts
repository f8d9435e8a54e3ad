import type { GuardRecord, RecordedRun } from '../../../shared/model/schedule-view.ts';

/** A read model as one look at the registry showed it; times on the server's clock, ms. */
export interface Look {
  readonly atMs: number;
  readonly readModel: string;
  /** Null: its rows have no age, so no budget can be over. */
  readonly asOfMs: number | null;
  readonly budgetMs: number;
}

/** One stretch for which a read model was older than its budget. */
export interface Missed {
  readonly readModel: string;
  readonly fromMs: number;
  /** When it was last seen so. */
  readonly toMs: number;
  /** What the registry says to it; null: nothing, which is what must not be. */
  readonly reason: string | null;
}

/** Half the budget before it was over: what was decided then is why it was. */
const reachShare = 0.5;

/** Stretches over budget, each with the decision, skip, failure or overlong run that the registry holds for it. */
export function missedBudgets(
  looks: readonly Look[],
  runs: readonly RecordedRun[],
  decisions: readonly GuardRecord[],
): Missed[] {
  const stretches = new Map<string, { readModel: string; fromMs: number; toMs: number; budgetMs: number }>();
  for (const { atMs, readModel, asOfMs, budgetMs } of looks) {
    if (asOfMs === null || atMs - asOfMs <= budgetMs) continue;
    const fromMs = asOfMs + budgetMs;
    stretches.set(`${readModel} ${fromMs}`, { readModel, fromMs, toMs: atMs, budgetMs });
  }
  return [...stretches.values()].map(({ readModel, fromMs, toMs, budgetMs }) => {
    const reach = { readModel, fromMs: fromMs - reachShare * budgetMs, overMs: fromMs, toMs };
    return { readModel, fromMs, toMs, reason: decisionIn(decisions, reach) ?? lineIn(runs, reach) };
  });
}

interface Reach {
  readonly readModel: string;
  readonly fromMs: number;
  readonly overMs: number;
  readonly toMs: number;
}

function decisionIn(decisions: readonly GuardRecord[], { readModel, fromMs, toMs }: Reach): string | null {
  const found = decisions.find(
    (one) => one.readModel === readModel && one.decidedAtMs >= fromMs && one.decidedAtMs <= toMs,
  );
  return found === undefined ? null : `guard ${found.decision}: ${found.reason.text}`;
}

/** A run counts only where it was under way when the budget ended: that it began is no reason, that it took so long is. */
function lineIn(runs: readonly RecordedRun[], { readModel, fromMs, overMs, toMs }: Reach): string | null {
  for (const run of runs) {
    if (run.readModel !== readModel || run.startedAtMs > toMs) continue;
    const endedAtMs = run.endedAtMs ?? Infinity;
    const underWay = run.startedAtMs <= overMs && endedAtMs >= overMs;
    if ((run.state === 'done' || run.state === 'running') && underWay) return `${run.state}: it was under way`;
    const held = run.state === 'queued' || run.state === 'skipped' || run.state === 'postponed';
    if (held && run.startedAtMs >= fromMs && run.why !== null) return `${run.state}: ${run.why.text}`;
    const broken = run.state === 'failed' || run.state === 'cancelled' || run.state === 'abandoned';
    if (broken && endedAtMs >= fromMs && run.error !== null) return `${run.state}: ${run.error}`;
  }
  return null;
}
