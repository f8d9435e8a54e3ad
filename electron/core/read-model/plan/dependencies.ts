/** What a model over models needs of each of them. */
export interface BuiltOn {
  readonly name: string;
  /** Read models that its current version reads. */
  readonly parents: readonly string[];
}

/** The way from `name` over what it would read back to itself, both ends included; null where there is none. Pure. */
export function cycleThrough(name: string, parents: readonly string[], models: readonly BuiltOn[]): string[] | null {
  const parentsOf = new Map(models.map((model) => [model.name, model.parents]));
  const seen = new Set<string>();
  const walk = (at: string): string[] | null => {
    if (at === name) return [name];
    if (seen.has(at)) return null;
    seen.add(at);
    for (const parent of parentsOf.get(at) ?? []) {
      const rest = walk(parent);
      if (rest !== null) return [at, ...rest];
    }
    return null;
  };
  for (const parent of parents) {
    const rest = walk(parent);
    if (rest !== null) return [name, ...rest];
  }
  return null;
}

/**
 * The named models and all that they are built on, parents first, each once; by name where the order is free. Names that
 * `models` does not hold are left out. Pure.
 */
export function inOrder(names: readonly string[], models: readonly BuiltOn[]): string[] {
  const parentsOf = new Map(models.map((model) => [model.name, model.parents]));
  const ordered = new Set<string>();
  const open = new Set<string>();
  const visit = (name: string): void => {
    const parents = parentsOf.get(name);
    if (parents === undefined || ordered.has(name) || open.has(name)) return;
    open.add(name);
    for (const parent of parents.toSorted()) visit(parent);
    ordered.add(name);
  };
  for (const name of names.toSorted()) visit(name);
  return [...ordered];
}

/** Models whose versions, of any state, are built on `name`. */
export const childrenOf = (
  name: string,
  models: readonly { readonly name: string; readonly versions: readonly { readonly parents: readonly string[] }[] }[],
): string[] =>
  models
    .filter((model) => model.name !== name && model.versions.some(({ parents }) => parents.includes(name)))
    .map((model) => model.name);
