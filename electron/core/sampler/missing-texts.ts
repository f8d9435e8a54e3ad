import type { StatementKey } from '../../../shared/model/sampling.ts';
import { keyText } from './deltas.ts';

/** So often a text is asked for that does not come: the server may have lost its file, and then has none to give. */
const mostTries = 3;

/** Which texts are still worth asking for. */
export class MissingTexts {
  /** Readings that brought nothing at all, by `keyText` of what they asked for. */
  #inVain: ReadonlyMap<string, number> = new Map();

  /**
   * Those of `missing` that the server counts (`present`, by `keyText`), and that were not asked for in vain too often.
   * What was evicted has no text any more; when it comes back, it is asked for anew.
   */
  wanted(missing: readonly StatementKey[], present: ReadonlySet<string>): StatementKey[] {
    const there = missing.filter((key) => present.has(keyText(key)));
    const names = new Set(there.map(keyText));
    this.#inVain = new Map([...this.#inVain].filter(([name]) => names.has(name)));
    return there.filter((key) => (this.#inVain.get(keyText(key)) ?? 0) < mostTries);
  }

  /** A reading brought none of them. One that brings some may have had no room for the others. */
  cameInVain(asked: readonly StatementKey[]): void {
    const inVain = new Map(this.#inVain);
    for (const key of asked) inVain.set(keyText(key), (inVain.get(keyText(key)) ?? 0) + 1);
    this.#inVain = inVain;
  }
}
