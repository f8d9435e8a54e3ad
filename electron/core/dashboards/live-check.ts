import { formatDuration } from '../../../shared/format/duration.ts';
import { Failure, isFailure } from '../../../shared/model/failure.ts';
import type { LiveCheck } from '../../../shared/model/live-check.ts';
import { planTree } from '../explain/plan-tree.ts';
import type { Clock } from '../ports.ts';
import { explainConstants } from '../postgres/queries/explain.ts';
import { readTableRows } from '../postgres/queries/table-rows.ts';
import type { Server } from '../postgres/session.ts';
import { costlySteps, liveLimitMs, mostLiveCost, stepText, tablesReadWhole } from './live-steps.ts';
import { dashboardsApplicationName } from './read-widget.ts';

/** Blocks that nobody has read for long are not the query's fault; the second time they are in memory. */
const tries = 2;
/** The plan alone is made of a query that may be as heavy as any. */
const planLimitMs = 5_000;

/**
 * Whether a query is cheap enough for a live widget: from its plan (no table above a small size read whole, cost below a
 * limit), then from running it under the limit of live widgets. `select`: one SELECT. Throws what the server says of it.
 */
export async function checkLive(
  server: Server,
  select: string,
  clock: Clock,
  signal?: AbortSignal,
): Promise<LiveCheck> {
  const found = await server.withReadonly(
    (session) =>
      session.snapshot(async (sql) => {
        const { root } = planTree(await explainConstants(sql, select, false));
        const rows = await readTableRows(sql, tablesReadWhole(root));
        return { cost: Math.round(root.totalCost), steps: costlySteps(root, rows) };
      }),
    { statementTimeoutMs: planLimitMs, applicationName: dashboardsApplicationName, signal },
  );
  const limits = { costLimit: mostLiveCost, limitMs: liveLimitMs };
  if (found.steps.length > 0) return { cheap: false, ...found, ...limits, tookMs: null };
  for (let time = 1; time <= tries; time += 1) {
    const tookMs = await measure(server, select, clock, signal);
    if (tookMs !== null) return { cheap: true, ...found, ...limits, tookMs };
  }
  return { cheap: false, ...found, ...limits, tookMs: null };
}

/** How long it took, ms; null: stopped at the limit. */
async function measure(server: Server, select: string, clock: Clock, signal?: AbortSignal): Promise<number | null> {
  try {
    return await server.withReadonly(
      (session) =>
        session.snapshot(async (sql) => {
          const startedAtMs = clock.nowMs();
          await sql.queryText(select);
          return clock.nowMs() - startedAtMs;
        }),
      { statementTimeoutMs: liveLimitMs, applicationName: dashboardsApplicationName, signal },
    );
  } catch (error) {
    if (isFailure(error) && error.value.sqlstate === '57014' && signal?.aborted !== true) return null;
    throw error;
  }
}

/** Throws `statement_refused` with the check in `detail.liveCheck` unless it says cheap. */
export function requireCheap(title: string, check: LiveCheck): void {
  if (check.cheap) return;
  const why =
    check.steps.length > 0
      ? check.steps.map(stepText).join('; ')
      : `it was stopped after ${formatDuration(check.limitMs)} twice`;
  throw new Failure({
    code: 'statement_refused',
    message:
      `"${title}" is not cheap enough to be live: ${why}. ` +
      'Add an index that serves its filter, give it a budget of minutes, or propose a read model for it.',
    detail: { liveCheck: check },
  });
}
