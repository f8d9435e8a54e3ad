/**
 * The next list, with the objects of the one before where nothing changed, and that list itself where all is the same:
 * what shows one of them is then not drawn anew.
 */
export function keepUnchanged<T>(before: readonly T[], next: readonly T[]): readonly T[] {
  const known = new Map(before.map((one) => [JSON.stringify(one), one]));
  const kept = next.map((one) => known.get(JSON.stringify(one)) ?? one);
  return kept.length === before.length && kept.every((one, index) => one === before[index]) ? before : kept;
}
