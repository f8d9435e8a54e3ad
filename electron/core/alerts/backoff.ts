import type { DeliveryProblem } from '../../../shared/model/alert-delivery.ts';

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** What nobody would want to be told any more is given up. */
const giveUpAfterMs = 24 * hourMs;

interface Pace {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** Null: trying again cannot help before somebody has changed something. */
const paces: Readonly<Record<DeliveryProblem, Pace | null>> = {
  unreachable: { firstMs: 15 * secondMs, longestMs: 15 * minuteMs },
  timeout: { firstMs: 15 * secondMs, longestMs: 15 * minuteMs },
  server_error: { firstMs: 15 * secondMs, longestMs: 15 * minuteMs },
  tls_failed: { firstMs: minuteMs, longestMs: 30 * minuteMs },
  // Mail servers lock who comes with a wrong password too often.
  login_failed: { firstMs: 5 * minuteMs, longestMs: hourMs },
  no_secret: { firstMs: minuteMs, longestMs: 15 * minuteMs },
  no_window: { firstMs: minuteMs, longestMs: minuteMs },
  refused: null,
  redirected: null,
};

export interface FailedAttempt {
  readonly problem: DeliveryProblem;
  /** With this one. */
  readonly attempts: number;
  readonly plannedAtMs: number;
  readonly nowMs: number;
  /** What the other side asked for, ms; null where it said nothing. */
  readonly retryAfterMs: number | null;
  /** From 0 to 1: spreads those that failed together. */
  readonly chance: number;
}

/** When a message is tried again, ms; null: it is given up. Doubles from the first wait to the longest, less up to a fifth. Pure. */
export function nextAttemptMs(attempt: FailedAttempt): number | null {
  const { problem, attempts, plannedAtMs, nowMs, retryAfterMs, chance } = attempt;
  const pace = paces[problem];
  if (pace === null) return null;
  const grownMs = Math.min(pace.longestMs, pace.firstMs * 2 ** Math.min(attempts - 1, 20));
  const waitMs = Math.max(grownMs * (1 - chance / 5), Math.min(retryAfterMs ?? 0, hourMs));
  return nowMs + waitMs - plannedAtMs > giveUpAfterMs ? null : nowMs + waitMs;
}
