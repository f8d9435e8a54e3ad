import type { MessageEvent, MessagePortMain } from 'electron';
import { onError } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import { isFailure } from '../../shared/model/failure.ts';
import { createCore } from '../core/create-core.ts';
import { logBug, type DoorRouter } from '../hosts/http/rpc-endpoint.ts';
import { memorySecrets, nodePorts, stderrLogger } from '../hosts/node-ports.ts';
import { attachEngine } from '../hosts/profile/attach-engine.ts';
import { attachableEngine, type AttachableEngine } from '../hosts/profile/attachable-engine.ts';
import { attachFrom } from '../hosts/profile/attach-to.ts';
import { openProfileEngine, type ProfileEngine } from '../hosts/profile/open-engine.ts';
import type { FromEngine, ToEngine } from './engine-messages.ts';
import { remoteSecrets } from './engine-secrets.ts';

/**
 * Entry of the engine's own process below the desktop window (utilityProcess). Windows reach it over message ports
 * that the main process brokers; when another process has the profile, the same ports lead on to that engine.
 */
const main = process.parentPort;
const tell = (message: FromEngine) => main.postMessage(message);
const secrets = remoteSecrets(tell);
const waitingPorts: MessagePortMain[] = [];
let starting: Promise<ProfileEngine> | null = null;
let attachable: AttachableEngine | null = null;
let connect = (port: MessagePortMain): void => void waitingPorts.push(port);

// In a terminal Ctrl-C, and closing it, reach every process of the group. This one ends through its parent alone,
// which is stopping too and waits for a clean end; where the parent dies, Electron ends its utility processes.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});

main.on('message', ({ data, ports }: MessageEvent) => {
  const message = data as ToEngine;
  switch (message.type) {
    case 'start':
      return void start(message);
    case 'port':
      return ports.forEach((port) => connect(port));
    case 'secret':
      return secrets.answer(message);
    case 'stop':
      return void stop();
  }
});

async function start(message: Extract<ToEngine, { type: 'start' }>): Promise<void> {
  const { profileDir, resourcesDir, secretStore, logLevel } = message;
  const logger = stderrLogger(logLevel);
  const ports = nodePorts({
    paths: { profileDir, resourcesDir },
    logger,
    door: 'window',
    secrets: secretStore === 'system' ? secrets : memorySecrets(),
    notifier: { visible: true, notify: (title, body) => tell({ type: 'notify', title, body }) },
  });
  const attach = attachFrom(process.env);
  starting =
    attach === null
      ? openProfileEngine({
          profileDir,
          logger,
          startCore: () => createCore(ports, { background: true, forWindow: true }),
        })
      : attachEngine({ ...attach, profileDir, logger });
  let engine: ProfileEngine;
  try {
    engine = await starting;
  } catch (error) {
    if (!isFailure(error)) throw error;
    return tell({ type: 'failed', message: error.value.message });
  }
  attachable = attachableEngine(engine, { profileDir, logger, startedAttachedTo: attach?.to });
  connect = serve(attachable.router, (error) => logBug(logger, error));
  waitingPorts.splice(0).forEach(connect);
  tell({ type: 'ready', kind: engine.kind(), pid: engine.pid() });
}

/** A window that is loaded anew gets a new port, and with it what the door works on by then. */
function serve(router: () => DoorRouter, onBug: (error: unknown) => void): (port: MessagePortMain) => void {
  return (port) => {
    new RPCHandler(router(), { interceptors: [onError(onBug)] }).upgrade(port, { context: {} });
    port.start();
  };
}

async function stop(): Promise<void> {
  try {
    const engine = await starting;
    await attachable?.close();
    await engine?.close();
  } catch (error) {
    // A start that failed was told already, and holds nothing.
    if (!isFailure(error)) throw error;
  }
  process.exit(0);
}
