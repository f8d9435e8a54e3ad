import { demoServerId } from '../../../shared/model/demo-server.ts';
import { startWorkload } from '../../../resources/demo-erp/workload/start-workload.ts';
import { budgetMinutes } from '../../../shared/model/freshness.ts';
import type { LoadReport } from '../../../shared/model/demo.ts';
import type { GuardRecord, RecordedRun } from '../../../shared/model/schedule-view.ts';
import type { DemoEngine } from '../dashboards/demo-engine.ts';
import { questions } from '../dashboards/widgets.ts';
import { missedBudgets, type Look, type Missed } from './missed-budgets.ts';

/** quiet: nothing is refreshed. */
export type PhaseKind = 'quiet' | 'guarded' | 'unguarded';

export interface PhaseOptions {
  readonly seconds: number;
  readonly ratePerSecond: number;
  readonly managers: number;
  readonly seed: number;
}

export interface Phase {
  readonly kind: PhaseKind;
  readonly load: LoadReport;
  readonly runs: readonly RecordedRun[];
  readonly decisions: readonly GuardRecord[];
  readonly missed: readonly Missed[];
}

const lookEveryMs = 2_000;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** One morning: the same savers and managers for each kind, whose dashboards read the read models. */
export async function runPhase(demo: DemoEngine, kind: PhaseKind, options: PhaseOptions): Promise<Phase> {
  const { schedules } = demo.engine;
  await refreshOneByOne(demo);
  const settings = await schedules.settings(demoServerId);
  await schedules.setSettings(demoServerId, { ...settings, guard: kind === 'guarded' });
  const { nowMs: fromMs } = await schedules.overview(demoServerId);
  if (kind !== 'quiet') await schedules.setRunner(demoServerId, true);
  const workload = startWorkload({
    app: demo.erp.appConnection,
    dashboards: demo.erp.dashboardsConnection,
    ratePerSecond: options.ratePerSecond,
    managers: options.managers,
    dashboardEverySeconds: 5,
    widgets: questions.map(({ widgetId, modelSql }) => ({ widgetId, sql: modelSql })),
    seed: options.seed,
    durationSeconds: options.seconds,
  });
  const looks = lookUntil(demo, workload.finished);
  const load = await workload.finished;
  const seen = await looks;
  await schedules.setRunner(demoServerId, false);
  const wanted = { fromMs, limit: 5_000 };
  const runs = await schedules.runs(demoServerId, wanted);
  const decisions = await schedules.guardDecisions(demoServerId, wanted);
  // Nothing is promised while nobody refreshes.
  const missed = kind === 'quiet' ? [] : missedBudgets(seen, runs, decisions);
  return { kind, load, runs, decisions, missed };
}

/** Each phase begins with read models of the same age, so that what fell due while nobody refreshed is no part of it. */
async function refreshOneByOne({ engine }: DemoEngine): Promise<void> {
  const { models } = await engine.schedules.overview(demoServerId);
  for (const { readModel } of models) await engine.readModels.refresh(demoServerId, readModel);
}

async function lookUntil({ engine }: DemoEngine, end: Promise<unknown>): Promise<Look[]> {
  const looks: Look[] = [];
  let over = false;
  const ended = end.finally(() => (over = true)).catch(() => undefined);
  while (!over) {
    const { nowMs, models } = await engine.schedules.overview(demoServerId);
    for (const { readModel, asOfMs, budget } of models) {
      if (budget === null || budget === 'live') continue;
      looks.push({ atMs: nowMs, readModel, asOfMs, budgetMs: budgetMinutes(budget) * 60_000 });
    }
    await Promise.race([pause(lookEveryMs), ended]);
  }
  return looks;
}
