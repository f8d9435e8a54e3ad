/** Where in the app: the decoded segments of the path, and the params behind `?`. */
export interface Route {
  readonly path: readonly string[];
  readonly params: URLSearchParams;
}
export type Params = Readonly<Record<string, string | number | null | undefined>>;

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

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
