/**
 * The isolated world of a sandboxed preload, as seen from inside: `standInSend` is a binding of the DevTools
 * protocol, `standInRun` is called with the built preload bundle as a CommonJS function.
 */
(() => {
  const listeners = new Map();
  const ports = new Map();
  const tell = (message) => globalThis.standInSend(JSON.stringify(message));

  const toBase64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  const fromBase64 = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));

  const adopt = (portId) => {
    const { port1, port2 } = new MessageChannel();
    ports.set(portId, port1);
    port1.onmessage = ({ data }) =>
      tell({
        kind: 'port-message',
        portId,
        ...(typeof data === 'string' ? { text: data } : { base64: toBase64(new Uint8Array(data)) }),
      });
    return port2;
  };

  globalThis.standInReceive = (message) => {
    switch (message.kind) {
      case 'message': {
        const event = { ports: message.portIds.map(adopt) };
        for (const listener of listeners.get(message.channel) ?? []) listener(event, message.message);
        return;
      }
      case 'port-message':
        ports.get(message.portId)?.postMessage(message.text ?? fromBase64(message.base64));
        return;
      case 'port-closed':
        ports.get(message.portId)?.close();
        ports.delete(message.portId);
    }
  };

  const electron = {
    ipcRenderer: {
      send: (channel, ...args) => tell({ kind: 'send', channel, args }),
      on(channel, listener) {
        listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
        return electron.ipcRenderer;
      },
    },
    contextBridge: {
      // Worlds share the document and nothing else: the value crosses as text, and a listener of the page's world
      // (installed before any script of the page) defines it there.
      exposeInMainWorld: (name, api) =>
        window.dispatchEvent(new CustomEvent('stand-in:expose', { detail: JSON.stringify({ name, api }) })),
    },
  };
  const require = (name) => {
    if (name === 'electron') return electron;
    throw new Error(`a sandboxed preload cannot require ${name}`);
  };
  globalThis.standInRun = (platform, preload) => {
    const module = { exports: {} };
    preload(require, module, module.exports, { platform });
  };
})();
