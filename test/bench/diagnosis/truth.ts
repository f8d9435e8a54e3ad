import type { ClientSave } from './load/order.ts';
import type { Span } from './plan.ts';
import type { StoredRun } from './stored-run.ts';

/** What really happened, from the clients' side; latencies count from the intended moment. */
export interface Truth {
  /** Mean latency of a save, ms: quiet, in the incident, and in its pair without the culprit. */
  readonly quietMeanMs: number;
  readonly incidentMeanMs: number;
  readonly pairedMeanMs: number | null;
  /** Waiting beyond the quiet mean, summed over the incident's saves, seconds. */
  readonly excessSeconds: number;
  /** 1 - excess(paired) / excess(with); null without a pair, or where there was nothing to take away. */
  readonly share: number | null;
}

export function truthOf({ plan, client }: Pick<StoredRun, 'plan' | 'client'>): Truth {
  const quiet = within(client.saves, plan.quiet);
  const quietMeanMs = mean(quiet);
  const excess = (saves: readonly ClientSave[]) =>
    saves.reduce((sum, { latencyMs }) => sum + latencyMs - quietMeanMs, 0) / 1000;
  const incident = within(client.saves, plan.incident);
  const paired = plan.paired.length === 0 ? null : plan.paired.flatMap((half) => within(client.saves, half));
  const excessSeconds = excess(incident);
  return {
    quietMeanMs,
    incidentMeanMs: mean(incident),
    pairedMeanMs: paired === null ? null : mean(paired),
    excessSeconds,
    share:
      paired === null || excessSeconds <= 0
        ? null
        : Math.min(1, Math.max(0, 1 - Math.max(0, excess(paired)) / excessSeconds)),
  };
}

const within = (saves: readonly ClientSave[], { fromMs, toMs }: Span) =>
  saves.filter(({ intendedMs }) => intendedMs >= fromMs && intendedMs < toMs);

const mean = (saves: readonly ClientSave[]): number =>
  saves.reduce((sum, { latencyMs }) => sum + latencyMs, 0) / Math.max(1, saves.length);
