import type { RunnerTrouble } from '../../../shared/model/schedule.ts';

/** Rights are granted and disks are emptied by people: until then others have time to take what this runner cannot do. */
export const leftAloneMs = 10 * 60_000;

/** What stands in this runner's own way. Losing it is harmless: it is found again. */
export class OwnTroubles {
  #found = new Map<string | null, RunnerTrouble>();

  /** `readModel` null: whatever the read model. */
  add(readModel: string | null, text: string, nowMs: number): void {
    const sinceMs = this.#found.get(readModel)?.sinceMs ?? nowMs;
    this.#found.set(readModel, { readModel, text, sinceMs, untilMs: nowMs + leftAloneMs });
  }

  /** The read model was refreshed here. */
  over(readModel: string): void {
    this.#found.delete(readModel);
    this.#found.delete(null);
  }

  /** Without those that others seem to have taken over for good. */
  list(nowMs: number): readonly RunnerTrouble[] {
    for (const [key, { untilMs }] of this.#found) if (nowMs > untilMs + leftAloneMs) this.#found.delete(key);
    return [...this.#found.values()];
  }
}
