import type { TimeWindow } from '../diagnosis/input.ts';
import type { History } from '../history/history.ts';
import type { Logger } from '../ports.ts';
import type { Mornings } from './mornings.ts';

export interface WarmUpSources {
  readonly history: History;
  readonly mornings: Pick<Mornings, 'timeline' | 'judge'>;
  readonly logger: Logger;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** Half hours that are judged beside the worst stretch of the day, by when they end before the newest sample. */
const halfHoursBeforeMs = [5, 65, 125, 185].map((minutes) => minutes * minuteMs);
/** Between two questions, so that a window that asks meanwhile has its turn. */
const restMs = 50;

/**
 * Asks what a window is about to ask, once before it does, of the server whose history is newest: the first timeline of
 * a process takes twice as long as the third and a first verdict three times as long, because code is compiled, rows are
 * unpacked and texts are read meanwhile (docs/decisions/0024). Answers are thrown away and nothing is written. Resolves
 * when it is done, or `stopped` says so; what fails is left to the person's own question.
 */
export async function warmUp({ history, mornings, logger }: WarmUpSources, stopped: () => boolean): Promise<void> {
  try {
    const newest = await newestHistory(history);
    if (newest === null) return;
    const { serverId, toMs } = newest;
    const open = () => mornings.timeline(serverId, toMs - dayMs, toMs);
    const judge = (window: TimeWindow) => () => mornings.judge(serverId, window);
    const { suggestion } = (await open()).timeline;
    const others = halfHoursBeforeMs.map((agoMs) => ({ fromMs: toMs - agoMs - 30 * minuteMs, toMs: toMs - agoMs }));
    // The way to a finding is longer than that to a quiet half hour, and code is fast from the fifth time on.
    const windows = others.flatMap((other) => (suggestion === null ? [other] : [other, suggestion]));
    for (const ask of [...windows.map(judge), open]) {
      await new Promise((resolve) => setTimeout(resolve, restMs));
      if (stopped()) return;
      await ask();
    }
  } catch (error) {
    if (!stopped()) logger.debug({ error }, 'warming up was given up');
  }
}

async function newestHistory({ connections, samples }: History) {
  const stored = await Promise.all(
    (await connections.list()).map(async ({ serverId }) => ({ serverId, extent: await samples.extent(serverId) })),
  );
  const found = stored.flatMap(({ serverId, extent }) => (extent === null ? [] : [{ serverId, toMs: extent.toMs }]));
  return found.toSorted((a, b) => b.toMs - a.toMs)[0] ?? null;
}
