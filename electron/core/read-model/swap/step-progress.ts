import type { Plan, PlanStep, StepProgress } from '../../../../shared/model/read-model.ts';
import { formatDuration } from '../../../../shared/format/duration.ts';
import { isFailure } from '../../../../shared/model/failure.ts';
import { readBackendProgress, readRelationSize } from '../../postgres/queries/backend-progress.ts';
import type { Server } from '../../postgres/session.ts';
import type { Clock } from '../../ports.ts';
import { copyKindOf } from '../sql/copies.ts';
import { copyName } from '../sql/names.ts';

/** How often the server is asked; the questions are a few catalog rows. */
const everyMs = 500;

export interface ProgressWatch {
  readonly server: Server;
  readonly plan: Plan;
  /** The backend that runs the plan. */
  readonly pid: number;
  readonly clock: Clock;
  /** The step that runs now and since when; null: none that takes long. */
  readonly running: () => { readonly step: PlanStep; readonly startedAtMs: number } | null;
  readonly onProgress: (progress: StepProgress) => void;
  readonly signal: AbortSignal;
}

/** Tells, until `signal` aborts, how far the running step is. Never throws: a plan does not fail for this. */
export async function watchProgress(watch: ProgressWatch): Promise<void> {
  const { server, clock, running, onProgress, signal } = watch;
  while (!signal.aborted) {
    await clock.sleep(everyMs, signal).catch(() => undefined);
    const now = running();
    if (signal.aborted || now === null) continue;
    try {
      const progress = await server.withReadonly((session) => progressOf(watch, session, now));
      if (progress !== null && running()?.step.step === now.step.step) onProgress(progress);
    } catch (error) {
      if (!isFailure(error)) throw error;
    }
  }
}

async function progressOf(
  { plan, pid, clock }: ProgressWatch,
  sql: Parameters<typeof readBackendProgress>[0],
  { step, startedAtMs }: { step: PlanStep; startedAtMs: number },
): Promise<StepProgress | null> {
  const told = await readBackendProgress(sql, pid);
  if (told !== null) return { step: step.step, ...told, basis: "the server's own count" };
  if (step.kind !== 'fill' || plan.toVersion === null || plan.proposal === null) return null;
  const tookMs = clock.nowMs() - startedAtMs;
  if (copyKindOf(plan.proposal.proposal.period) === 'table') {
    const bytes = await readRelationSize(sql, plan.schema, copyName(plan.readModel, plan.toVersion, 'a'));
    const expected = plan.disk?.copyBytes ?? plan.proposal.expectedBytes;
    // Longer than foreseen means that the foreseen was wrong, not that it is done.
    if (bytes !== null && bytes > 0) {
      const total = bytes < expected ? expected : null;
      return {
        step: step.step,
        phase: 'writing rows',
        done: bytes,
        total,
        unit: 'bytes',
        basis: 'the size so far, against the size that the plan foresees',
      };
    }
  }
  return {
    step: step.step,
    phase: 'filling and proving',
    done: tookMs,
    total: null,
    unit: 'ms',
    basis: `PostgreSQL tells no progress of this statement; it has run for ${formatDuration(tookMs)}${step.expectedLock === undefined ? '' : `, expected: ${step.expectedLock}`}`,
  };
}
