import { Failure } from '../../../shared/model/failure.ts';
import type { ScheduledModel } from '../read-model/registry/schedule-state.ts';
import { sweep } from './decide/running.ts';
import type { KnownSchedules } from './known-schedules.ts';
import type { ScheduleRunner } from './schedule-runner.ts';

/**
 * Asks that the refresh that runs now be cancelled, whichever engine runs it; `runId`: only that one. A run of this
 * engine's own runner ends at once, one whose runner is gone is taken from it, and all others see the wish at their next
 * heartbeat. Throws `not_found` where there is nothing to cancel.
 */
export async function cancelRun(
  { server, tables, changes, rows }: KnownSchedules,
  model: ScheduledModel,
  runId: string | undefined,
  ours: Pick<ScheduleRunner, 'cancelAsked'> | null,
): Promise<void> {
  const { readModel, running } = model;
  const meant = running !== null && (runId === undefined || runId === running.runId) ? running : null;
  const asked = meant === null ? null : await changes.askToCancel(readModel, meant.runId);
  if (meant === null || asked === null) {
    const what =
      runId === undefined
        ? `No refresh of ${readModel} runs on ${server.settings.label}`
        : `That refresh of ${readModel} has ended`;
    throw new Failure({
      code: 'not_found',
      message: `${what}, so there is nothing to cancel. The list of runs says how the last one ended.`,
    });
  }
  if (ours?.cancelAsked(meant.runId, asked) === true) return;
  const orphan = sweep(model, { ...meant, cancelAsked: asked }, rows.nowMs);
  if (orphan !== null) await tables.abandon({ ...orphan, error: orphan.reason.text });
}
