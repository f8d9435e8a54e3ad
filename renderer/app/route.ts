/** Where in the app: the decoded segments of the path, and the params behind `?`. */
export interface Route {
  readonly path: readonly string[];
  readonly params: URLSearchParams;
}
/** A list stands in the address once for each of its values; an empty one, null and undefined do not stand there. */
export type Params = Readonly<Record<string, string | number | readonly string[] | null | undefined>>;

/** `#/a/b%20c?x=1` -> path ['a', 'b c'], params x=1. Anything that is no route is the empty path. */
export function parseRoute(hash: string): Route {
  if (!hash.startsWith('#/')) return { path: [], params: new URLSearchParams() };
  const [path = '', query = ''] = hash.slice(2).split(/\?(.*)/s);
  return {
    path: path
      .split('/')
      .filter((part) => part !== '')
      .map(decode),
    params: new URLSearchParams(query),
  };
}

export function formatRoute({ path, params }: Route): string {
  const query = params.toString();
  return `#/${path.map(encodeURIComponent).join('/')}${query === '' ? '' : `?${query}`}`;
}

/** The params of an address that are there. */
export function searchParams(params: Params): URLSearchParams {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value === null || value === undefined) continue;
    if (typeof value === 'object') for (const one of value) search.append(name, one);
    else search.append(name, String(value));
  }
  return search;
}

/** `params` with some of them changed; null takes one away. */
export function changedParams(params: URLSearchParams, changes: Params): URLSearchParams {
  const changed = new URLSearchParams(params);
  for (const name of Object.keys(changes)) changed.delete(name);
  for (const [name, value] of searchParams(changes)) changed.append(name, value);
  return changed;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
