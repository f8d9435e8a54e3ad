/**
 * A map by statement id. The store numbers its statements, and a verdict asks for them some hundred thousand times: an
 * array answers several times as fast as a map of texts. Ids of another form (`backend:...`) have a map of their own.
 */
export class ByStatement<T> {
  readonly #numbered: (T | undefined)[] = [];
  readonly #others = new Map<string, T>();

  get(statementId: string): T | undefined {
    const number = numberOf(statementId);
    return number === null ? this.#others.get(statementId) : this.#numbered[number];
  }

  /** By the number that a store gave it. */
  numbered(number: number): T | undefined {
    return this.#numbered[number];
  }

  set(statementId: string, value: T): void {
    const number = numberOf(statementId);
    if (number === null) this.#others.set(statementId, value);
    else this.#numbered[number] = value;
  }
}

/** Far more statements than a store has; an array with larger holes would be slow. */
const largest = 50_000_000;

/** null for what is no number in its usual form. */
function numberOf(statementId: string): number | null {
  const number = Number(statementId);
  return number > 0 && number < largest && Number.isInteger(number) && !statementId.startsWith('0') ? number : null;
}
