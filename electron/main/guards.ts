import { app, session, type WebFrameMain } from 'electron';
import { appOrigin } from './app-origin.ts';

/** Copying text into the clipboard; a page that was not clicked on cannot read it with this. */
const allowedPermissions: ReadonlySet<string> = new Set(['clipboard-sanitized-write']);

/** The window shows our own pages and nothing else: no navigation, no second window, no permissions, no webview. */
export function guardWebContents(): void {
  app.on('web-contents-created', (_created, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-navigate', (event) => {
      if (!isOwnPage(event.url)) event.preventDefault();
    });
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
}

export function guardPermissions(): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((contents, permission, answer) =>
    answer(allowedPermissions.has(permission) && isOwnPage(contents.getURL())),
  );
  defaultSession.setPermissionCheckHandler(
    (_contents, permission, origin) => allowedPermissions.has(permission) && isOwnPage(`${origin.replace(/\/$/, '')}/`),
  );
}

export const isOwnPage = (url: string): boolean => url === appOrigin || url.startsWith(`${appOrigin}/`);

/** Only the main frame of a window of ours may ask for a way to the engine. */
export const isOwnFrame = (frame: WebFrameMain | null): boolean =>
  frame !== null && frame.parent === null && frame.origin === appOrigin;
