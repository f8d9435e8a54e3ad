/**
 * Plain Chromium cannot load a custom scheme. `app://daybreak/x` is therefore `https://daybreak.app.test/x` inside
 * the browser, and only there: the main process sees and says `app://` everywhere. `.test` resolves nowhere
 * (RFC 6761); every request to it is answered by the protocol handler.
 */
const schemes = new Set<string>();
export const registerScheme = (scheme: string): void => void schemes.add(scheme);

export function toBrowserUrl(url: string): string {
  const { protocol, host, pathname, search, hash } = new URL(url);
  const scheme = protocol.slice(0, -1);
  return schemes.has(scheme) ? `https://${host}.${scheme}.test${pathname || '/'}${search}${hash}` : url;
}

export function toAppUrl(url: string): string {
  if (!URL.canParse(url)) return url;
  const { host, pathname, search, hash } = new URL(url);
  const [, name, scheme] = /^(.+)\.([^.]+)\.test$/.exec(host) ?? [];
  return scheme && schemes.has(scheme) ? `${scheme}://${name}${pathname}${search}${hash}` : url;
}

export const toAppOrigin = (url: string): string => {
  const app = toAppUrl(url);
  return app === url ? (URL.canParse(url) ? new URL(url).origin : 'null') : app.split('/').slice(0, 3).join('/');
};
