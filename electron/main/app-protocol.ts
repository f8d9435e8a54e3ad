import { protocol } from 'electron';
import { rendererFile } from '../hosts/renderer-files.ts';
import { appHost, appScheme } from './app-origin.ts';

/** Before `ready`: what makes `app://daybreak` an origin of its own, with storage and fetch, like https. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** Serves the built renderer under `app://daybreak`, with the same headers as the browser door. */
export function serveAppScheme(rendererDir: string): void {
  protocol.handle(appScheme, async (request) => {
    const url = new URL(request.url);
    if (url.host !== appHost || request.method !== 'GET') return new Response('Not found', { status: 404 });
    const { status, headers, body } = rendererFile(rendererDir, url.pathname);
    return new Response(new Uint8Array(body), { status, headers });
  });
}
