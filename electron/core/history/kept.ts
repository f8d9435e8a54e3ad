/**
 * What was unpacked for the questions before: somebody who brushes over a morning asks for the same hours again and
 * again. What was not asked for longest goes first. A row is told apart by all that its key says, since SQLite gives an
 * id again after its row is gone.
 */
export class Kept<T> {
  readonly #values = new Map<string, { readonly value: T; readonly weight: number }>();
  readonly #most: number;
  #weight = 0;

  /** @param most Of all weights together. */
  constructor(most: number) {
    this.#most = most;
  }

  get(key: string): T | undefined {
    const found = this.#values.get(key);
    if (found === undefined) return undefined;
    this.#values.delete(key);
    this.#values.set(key, found);
    return found.value;
  }

  set(key: string, value: T, weight = 1): void {
    this.#weight += weight - (this.#values.get(key)?.weight ?? 0);
    this.#values.delete(key);
    this.#values.set(key, { value, weight });
    for (const [oldest, { weight: freed }] of this.#values) {
      if (this.#weight <= this.#most || oldest === key) break;
      this.#values.delete(oldest);
      this.#weight -= freed;
    }
  }
}
