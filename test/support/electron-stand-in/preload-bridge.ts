import { readFileSync } from 'node:fs';
import type { CDPSession } from '@playwright/test';
import { TransferredPorts, type PortData } from './ports.ts';
import { asStandIn } from './utility-process.ts';

const world = 'preload';

type PortMessage =
  | { readonly kind: 'port-message'; readonly portId: number; readonly text: string }
  | { readonly kind: 'port-message'; readonly portId: number; readonly base64: string };
type ToPreload =
  | { readonly kind: 'message'; readonly channel: string; readonly message: unknown; readonly portIds: number[] }
  | PortMessage
  | { readonly kind: 'port-closed'; readonly portId: number };
type FromPreload = PortMessage | { readonly kind: 'send'; readonly channel: string; readonly args: unknown[] };

export interface PreloadBridge {
  /** webContents.postMessage */
  postMessage(channel: string, message: unknown, transfer: readonly unknown[]): void;
}

/**
 * Runs the built preload in an isolated world of every document of the page, before any of its scripts, as Electron
 * does with context isolation, and carries IPC and transferred ports between that world and this process.
 */
export async function bridgePreload(
  cdp: CDPSession,
  preloadFile: string,
  onSend: (channel: string, args: readonly unknown[]) => void,
): Promise<PreloadBridge> {
  let contextId: number | null = null;
  const toPreload = (message: ToPreload) => {
    if (contextId === null) return;
    const expression = `standInReceive(${JSON.stringify(message)})`;
    // The document may be gone before it hears it; its ports are closed then.
    cdp.send('Runtime.evaluate', { expression, contextId }).catch(() => {});
  };
  const ports = new TransferredPorts({
    send: (portId, data) => toPreload({ kind: 'port-message', portId, ...encode(data) }),
    closed: (portId) => toPreload({ kind: 'port-closed', portId }),
  });

  cdp.on('Runtime.executionContextCreated', ({ context }) => {
    if (context.name === world) contextId = context.id;
  });
  const forget = () => {
    contextId = null;
    ports.close();
  };
  cdp.on('Runtime.executionContextsCleared', forget);
  cdp.on('Runtime.executionContextDestroyed', ({ executionContextId }) => {
    if (executionContextId === contextId) forget();
  });
  cdp.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
    if (name !== 'standInSend') return;
    contextId = executionContextId;
    const message = JSON.parse(payload) as FromPreload;
    if (message.kind === 'send') onSend(message.channel, message.args);
    else ports.receive(message.portId, 'text' in message ? message.text : Buffer.from(message.base64, 'base64'));
  });
  await cdp.send('Page.enable');
  await cdp.send('Runtime.enable');
  await cdp.send('Runtime.addBinding', { name: 'standInSend', executionContextName: world });
  await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: pageWorld });
  await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: preloadWorld(preloadFile), worldName: world });

  return {
    postMessage(channel, message, transfer) {
      const portIds = transfer.map((port) => ports.transfer(asStandIn(port)));
      toPreload({ kind: 'message', channel, message, portIds });
    },
  };
}

/** The page's own world: what the preload exposes becomes a read-only property of its window. */
const pageWorld = `window.addEventListener('stand-in:expose', ({ detail }) => {
  const { name, api } = JSON.parse(detail);
  Object.defineProperty(window, name, { value: Object.freeze(api), enumerable: true });
});`;

const preloadWorld = (preloadFile: string): string => `
  ${readFileSync(new URL('./preload-world.js', import.meta.url), 'utf8')}
  standInRun(${JSON.stringify(process.platform)}, (require, module, exports, process) => {
    ${readFileSync(preloadFile, 'utf8')}
  });`;

const encode = (data: PortData) =>
  typeof data === 'string' ? { text: data } : { base64: Buffer.from(data).toString('base64') };
