import type { OpenFinding } from '../../../shared/model/diagnosis.ts';
import { diagnose } from '../diagnosis/diagnose.ts';
import type { TimeWindow } from '../diagnosis/input.ts';
import { civilDayAt, momentOf } from '../experiments/civil-days.ts';
import { gatherInput, type InputSources } from './gather-input.ts';

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;
/** A long weekend, and the same weekday before it. */
const mostDaysBack = 10;
/** Snapshots are stored this long after what they count. */
const settledMs = 2 * minuteMs;
/** Measured windows; a person has a handful of findings. */
const mostKnown = 200;

type Outcome = NonNullable<OpenFinding['outcome']>;

/**
 * What saving takes now that a statement is gone, to be shown beside what was predicted: measured as a verdict measures
 * it, at the clock times of the worst window, on the latest day of the same kind (weekday or weekend) with saves. Past
 * windows do not change, so each is measured once.
 */
export class FindingOutcomes {
  readonly #sources: InputSources;
  readonly #known = new Map<string, Promise<Outcome | null>>();

  constructor(sources: InputSources) {
    this.#sources = sources;
  }

  /** Null while no such day was sampled since `afterMs`, the end of the last run. */
  async of(serverId: string, worst: TimeWindow, afterMs: number, timeZone: string): Promise<Outcome | null> {
    const extent = await this.#sources.history.samples.extent(serverId);
    if (extent === null) return null;
    for (const window of comparableWindows(
      worst,
      { fromMs: Math.max(extent.fromMs, afterMs), toMs: extent.toMs - settledMs },
      timeZone,
    )) {
      const outcome = await this.#measured(serverId, window);
      if (outcome !== null) return outcome;
    }
    return null;
  }

  #measured(serverId: string, window: TimeWindow): Promise<Outcome | null> {
    const name = `${serverId} ${window.fromMs} ${window.toMs}`;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    if (this.#known.size >= mostKnown) this.#known.clear();
    const measuring = measure(this.#sources, serverId, window);
    this.#known.set(name, measuring);
    // A failure is told to who asked, and tried again.
    measuring.catch(() => this.#known.delete(name));
    return measuring;
  }
}

/** The latest first. */
export function comparableWindows(worst: TimeWindow, within: TimeWindow, timeZone: string): TimeWindow[] {
  const worstDay = civilDayAt(worst.fromMs, timeZone);
  const sinceMidnightMs = worst.fromMs - momentOf(worstDay, 0, timeZone);
  const minute = Math.floor(sinceMidnightMs / minuteMs);
  const windows: TimeWindow[] = [];
  for (let back = 0; back < mostDaysBack; back += 1) {
    const day = civilDayAt(within.toMs - back * dayMs, timeZone);
    if (isWeekend(day) !== isWeekend(worstDay)) continue;
    const fromMs = momentOf(day, minute, timeZone) + (sinceMidnightMs - minute * minuteMs);
    const toMs = fromMs + worst.toMs - worst.fromMs;
    if (fromMs >= within.fromMs && toMs <= within.toMs) windows.push({ fromMs, toMs });
  }
  return windows;
}

const isWeekend = (day: string): boolean => [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());

async function measure(sources: InputSources, serverId: string, window: TimeWindow): Promise<Outcome | null> {
  const deltas = await sources.history.samples.deltas(serverId, window.fromMs, window.toMs);
  if (deltas.length === 0) return null;
  const { saves, meanMs, p95Ms } = diagnose(await gatherInput(sources, serverId, window));
  return saves === 0 || meanMs === null ? null : { meanMs, p95Ms, ...window };
}
