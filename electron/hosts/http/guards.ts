import type { IncomingHttpHeaders } from 'node:http';
import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Loopback is not a trust boundary: any page in any browser on this machine can send requests
 * here, cookies cross ports, and under DNS rebinding Origin equals Host. So Host values are an exact list, Origin is
 * an exact value with port on everything that is not a GET, and there are no cookies and no CORS headers.
 */
export interface Refusal {
  readonly status: 403 | 405 | 421;
  readonly reason: string;
}

export interface GuardedRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

export function allowedHosts(port: number): readonly string[] {
  const names = ['127.0.0.1', 'localhost'];
  // Browsers leave the default port out.
  return port === 80 ? names : names.map((name) => `${name}:${port}`);
}

/** Null: the request may go on to be authenticated. */
export function refuse({ method, headers }: GuardedRequest, port: number): Refusal | null {
  const { host, origin } = headers;
  if (host === undefined || !allowedHosts(port).includes(host))
    return { status: 421, reason: 'This address is not served here.' };
  if (method !== 'GET' && method !== 'HEAD' && method !== 'POST')
    return { status: 405, reason: 'Only GET, HEAD and POST are answered.' };
  // A page opened from the address line, a terminal or another program says 'none'; only for looking, not for acting.
  const site = headers['sec-fetch-site'];
  const sameSite = site === undefined || site === 'same-origin' || (method !== 'POST' && site === 'none');
  if (!sameSite) return { status: 403, reason: 'Requests from other sites are refused.' };
  if (origin !== undefined || method === 'POST')
    if (origin !== `http://${host}`) return { status: 403, reason: 'Requests from other origins are refused.' };
  return null;
}

/** Compares without telling through its time where the difference is; digests, so that lengths do not matter either. */
export function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
