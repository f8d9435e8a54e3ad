import { RPCLink } from '@orpc/client/message-port';
import type { Door, EngineLink } from './door.ts';

const portTimeoutMs = 20_000;

/** Asks the preload for a message port to the engine. A MessagePort cannot cross the context bridge, so it is posted. */
export async function openDesktopDoor(): Promise<Door> {
  let link = await nextLink();
  return {
    kind: 'desktop',
    link: () => link,
    reopen: async () => {
      link = await nextLink();
    },
  };
}

async function nextLink(): Promise<EngineLink> {
  const port = await requestPort();
  const link = new RPCLink({ port });
  port.start();
  return link;
}

function requestPort(): Promise<MessagePort> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      window.removeEventListener('message', onMessage);
      reject(new Error('the window got no port to the engine'));
    }, portTimeoutMs);
    const onMessage = (event: MessageEvent<unknown>) => {
      const port = event.ports[0];
      if (event.source !== window || port === undefined || !isPortMessage(event.data)) return;
      clearTimeout(timer);
      window.removeEventListener('message', onMessage);
      resolve(port);
    };
    window.addEventListener('message', onMessage);
    window.postMessage({ type: 'daybreak:ready' }, location.origin);
  });
}

function isPortMessage(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === 'daybreak:port';
}
