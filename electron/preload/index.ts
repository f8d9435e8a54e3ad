import { contextBridge, ipcRenderer } from 'electron';

/**
 * All that the page gets: which door it is, and, when it asks, a port to the engine. A MessagePort cannot cross the
 * context bridge, so it is handed over by one `window.postMessage` inside the page's own origin.
 */
const portChannel = 'daybreak:port';

contextBridge.exposeInMainWorld('daybreak', { door: 'desktop', platform: process.platform });

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  if (event.source === window && isReady(event.data)) ipcRenderer.send(portChannel);
});

ipcRenderer.on(portChannel, (event) => {
  window.postMessage({ type: 'daybreak:port' }, window.location.origin, [...event.ports]);
});

const isReady = (data: unknown): boolean =>
  typeof data === 'object' && data !== null && 'type' in data && data.type === 'daybreak:ready';
