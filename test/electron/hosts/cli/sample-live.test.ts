import { expect, test } from 'vitest';
import { diagnoseProgress } from '../../../../electron/hosts/cli/diagnose-progress.ts';
import { sampleLive } from '../../../../electron/hosts/cli/sample-live.ts';
import type { EngineClient } from '../../../../electron/hosts/profile/engine-client.ts';
import type { ServerSummary } from '../../../../shared/model/connection.ts';

interface TimelineAsked {
  readonly fromMs: number;
  readonly toMs: number;
  readonly reachMs?: number;
}

/** An engine that samples at every look, and tells what it was asked. */
function engine() {
  const timelines: TimelineAsked[] = [];
  let atMs = Date.UTC(2026, 10, 20, 8);
  const ok = <T>(value: T) => Promise.resolve({ ok: true, value });
  const status = () => {
    atMs += 1000;
    return ok({ running: true, mode: 'incident', lastSampleAtMs: atMs, ownCostPercent: 0.1, problem: null });
  };
  const client = {
    sampler: { setMode: () => ok({ mode: 'incident' }), status, readNow: status },
    mornings: {
      timeline: (asked: TimelineAsked) => {
        timelines.push(asked);
        return ok({
          timeline: { buckets: [{ oltp: 3, reporting: 2, batch: 0, maintenance: 0, lockWaits: 1 }] },
        });
      },
    },
  } as unknown as EngineClient;
  return { client, timelines };
}

test.each([{ isTTY: true }, { isTTY: false }])(
  'progress asks for a few seconds of history, and for none that nobody reads: $isTTY',
  async ({ isTTY }) => {
    const { client, timelines } = engine();
    let printed = '';
    const progress = diagnoseProgress({ isTTY, columns: 80, write: (text) => (printed += text) });
    const server = { serverId: 'erp' } as unknown as ServerSummary;
    const { signal } = new AbortController();
    const { sampling } = await sampleLive({ client, server, minutes: 2.6 / 60, progress, signal });
    expect(sampling.samples).toBeGreaterThan(2);
    expect(timelines).toHaveLength(isTTY ? 1 : 0);
    for (const { fromMs, toMs, reachMs } of timelines)
      expect(toMs - fromMs + (reachMs ?? 3_600_000)).toBeLessThan(60_000);
    if (isTTY) expect(printed).toMatch(/oltp 3\.0 report 2\.0/);
  },
);
