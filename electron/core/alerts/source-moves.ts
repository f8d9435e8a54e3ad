/**
 * When the sources of read models last changed, as the counters of two looks tell. What changed before the first look is
 * not known, and counters that were reset tell nothing.
 */
export class SourceMoves {
  readonly #seen = new Map<string, { readonly writes: number; readonly movedAtMs: number | null }>();

  /** Resolves a look at one read model to when its source last moved, ms on the clock of `nowMs`; null: not known. */
  look(key: string, writes: number | null, nowMs: number): number | null {
    const before = this.#seen.get(key);
    if (writes === null) return before?.movedAtMs ?? null;
    const moved = before !== undefined && writes > before.writes;
    const movedAtMs = moved ? nowMs : (before?.movedAtMs ?? null);
    this.#seen.set(key, { writes, movedAtMs });
    return movedAtMs;
  }
}
