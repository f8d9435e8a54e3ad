import { RPCLink } from '@orpc/client/fetch';
import { type Door, NoKeyError } from './door.ts';
import { readLaunchCode } from './launch-code.ts';

const tokenKey = 'daybreak-token';

/** Trades the launch code of the fragment for a token (kept for this tab only) and calls `/rpc` with it. */
export async function openBrowserDoor(onKeyRefused: () => void): Promise<Door> {
  const token = await obtainToken();
  const link = new RPCLink({
    url: `${location.origin}/rpc`,
    headers: { 'x-daybreak-token': token },
    fetch: async (request, init) => {
      const response = await fetch(request, init);
      if (response.status === 401) {
        sessionStorage.removeItem(tokenKey);
        onKeyRefused();
        throw new NoKeyError('the engine does not know this window’s key');
      }
      return response;
    },
  });
  return { kind: 'browser', link: () => link, reopen: () => Promise.resolve() };
}

async function obtainToken(): Promise<string> {
  const code = readLaunchCode(location.hash);
  const kept = sessionStorage.getItem(tokenKey);
  if (code === null) {
    if (kept === null) throw new NoKeyError('no launch code in the address');
    return kept;
  }
  const traded = fetch('/launch', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  });
  // Out of the address before anything else runs: a code must not stay in the history or in a copied address.
  history.replaceState(null, '', `${location.pathname}${location.search}#/`);
  const response = await traded;
  if (!response.ok) {
    if (kept !== null) return kept;
    throw new NoKeyError('the launch code was not accepted');
  }
  const { token } = (await response.json()) as { token: string };
  sessionStorage.setItem(tokenKey, token);
  return token;
}
