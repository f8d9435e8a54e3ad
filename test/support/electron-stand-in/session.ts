import { EventEmitter } from 'node:events';
import type { Route } from '@playwright/test';
import type { CustomScheme, Protocol, Session } from 'electron';
import { registerScheme } from './origins.ts';

export const ipcMain = new EventEmitter();

type Handler = (request: Request) => Response | Promise<Response>;
const handlers = new Map<string, Handler>();

export const protocol = {
  registerSchemesAsPrivileged(schemes: CustomScheme[]) {
    for (const { scheme } of schemes) registerScheme(scheme);
  },
  handle(scheme: string, handler: Handler) {
    handlers.set(scheme, handler);
  },
} satisfies Pick<Protocol, 'registerSchemesAsPrivileged' | 'handle'>;

/** A request of the page, answered by the handler of its scheme as Electron would; there is no network. */
export async function answerRequest(route: Route, url: string): Promise<void> {
  const handler = handlers.get(new URL(url).protocol.slice(0, -1));
  if (!handler) return route.abort('internetdisconnected');
  const request = route.request();
  const body = request.postDataBuffer();
  const answer = await handler(
    new Request(url, {
      method: request.method(),
      headers: await request.allHeaders().then(withoutPseudoHeaders),
      ...(body ? { body: new Uint8Array(body) } : {}),
    }),
  );
  await route.fulfill({
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    body: Buffer.from(await answer.arrayBuffer()),
  });
}

const withoutPseudoHeaders = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(':')));

type PermissionRequest = (contents: unknown, permission: string, answer: (granted: boolean) => void) => void;
let permissionRequest: PermissionRequest = (_contents, _permission, answer) => answer(true);

export const session = {
  defaultSession: {
    setPermissionRequestHandler(handler: unknown) {
      permissionRequest = handler as PermissionRequest;
    },
    setPermissionCheckHandler(_handler: unknown) {},
  } satisfies Record<keyof Pick<Session, 'setPermissionRequestHandler' | 'setPermissionCheckHandler'>, unknown>,
};

/** Electron's names of permissions, and Playwright's. */
const permissions = {
  'clipboard-sanitized-write': 'clipboard-write',
  'clipboard-read': 'clipboard-read',
  geolocation: 'geolocation',
  notifications: 'notifications',
  media: 'camera',
} as const;

/** What the app's handler grants, to be granted in Chromium. */
export function permissionsFor(contents: { getURL(): string }): string[] {
  return Object.entries(permissions).flatMap(([name, chromiumName]) => {
    let granted = false;
    permissionRequest(contents, name, (answer) => (granted = answer));
    return granted ? [chromiumName] : [];
  });
}
