/** Pieces of work of one key, one at a time in the order they were asked for. One that fails does not hold up the next. */
export type Turns = <T>(key: string, work: () => Promise<T>) => Promise<T>;

export function turns(): Turns {
  const latest = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const before = latest.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    latest.set(key, mine);
    try {
      return await mine;
    } finally {
      if (latest.get(key) === mine) latest.delete(key);
    }
  };
}
