import type { ModelPlan } from './world-plan.ts';

/** A refresh as the server sees it: a backend that works for a client that may be gone. */
export interface Job {
  readonly runId: string;
  readonly readModel: string;
  readonly runner: string;
  readonly epoch: number;
  readonly dueMs: number | null;
  readonly reason: string;
  readonly startedAtMs: number;
  /** The same in time as it passes, whatever the server's clock is set to. */
  readonly fromPassedMs: number;
  /** When the backend is done with its statements, or its statement_timeout ends them. */
  readonly serverEndMs: number;
  readonly outcome: 'ok' | 'passing' | 'permanent' | 'unknown' | 'timeout';
  /** As-of of what it reads: committed with its rows. */
  readonly asOfMs: number;
}

/** Done with, for the checks: when its backend stopped working, and whether its rows were committed. */
export interface EndedJob extends Job {
  readonly stoppedAtMs: number;
  readonly toPassedMs: number;
  readonly committed: boolean;
}

export const sqlstates = { passing: '40001', permanent: '42703', unknown: '22012', timeout: '57014' } as const;

/** How a run would go, by chance, if nothing ended it before. */
export function drawRun(
  plan: ModelPlan,
  random: () => number,
): { readonly outcome: Job['outcome']; readonly takesMs: number } {
  const slow = random() * 100 < plan.slow ? 10 : 1;
  const takesMs = Math.ceil(plan.takesMs * (1 + random() / 2) * slow);
  let drawn = random() * 100;
  for (const outcome of ['passing', 'permanent', 'unknown'] as const) {
    if (drawn < plan[outcome]) return { outcome, takesMs };
    drawn -= plan[outcome];
  }
  return { outcome: 'ok', takesMs };
}
