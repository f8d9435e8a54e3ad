import { MessageChannelMain, utilityProcess, type MessagePortMain, type UtilityProcess } from 'electron';
import type { SecretStore } from '../core/ports.ts';
import type { FromEngine, SecretRequest, ToEngine } from './engine-messages.ts';

export interface EngineProcessOptions {
  /** `out/main/engine.js` */
  readonly entry: string;
  readonly profileDir: string;
  readonly resourcesDir: string;
  readonly logLevel: string;
  readonly secrets: SecretStore;
  readonly notify: (title: string, body: string) => void;
  /** The engine cannot run here; it is not tried again. */
  readonly onFailed: (message: string) => void;
}

export interface EngineProcess {
  /** A new way to the engine, for one window. The other end is with the engine already, or waits for its start. */
  connect(): MessagePortMain;
  /** Ends the engine cleanly: load, demo ERP, sampler, profile lock. Resolves when its process is gone. */
  stop(): Promise<void>;
}

/** An engine that falls over again and again is not started for ever: three times within this time. */
const crashWindowMs = 60_000;
const crashLimit = 3;
/** PostgreSQL's fast shutdown of the demo is most of a stop; after this the process is ended. */
const stopTimeoutMs = 20_000;

export function startEngineProcess(options: EngineProcessOptions): EngineProcess {
  let stopping: Promise<void> | null = null;
  let failed = false;
  let crashes: number[] = [];
  let child = launch();

  function launch(): UtilityProcess {
    const started = utilityProcess.fork(options.entry, [], { serviceName: 'Daybreak engine', stdio: 'inherit' });
    started.on('message', (message: FromEngine) => receive(started, message));
    started.once('exit', (code) => exited(started, code));
    send(started, {
      type: 'start',
      profileDir: options.profileDir,
      resourcesDir: options.resourcesDir,
      secretStore: options.secrets.kind === 'system' ? 'system' : 'memory',
      logLevel: options.logLevel,
    });
    return started;
  }

  function receive(from: UtilityProcess, message: FromEngine): void {
    switch (message.type) {
      case 'ready':
        return;
      case 'failed':
        failed = true;
        return options.onFailed(message.message);
      case 'notify':
        return options.notify(message.title, message.body);
      case 'secret':
        return void answerSecret(options.secrets, message).then((answer) => send(from, answer));
    }
  }

  function exited(gone: UtilityProcess, code: number): void {
    if (stopping || failed || gone !== child) return;
    const nowMs = Date.now();
    crashes = [...crashes.filter((atMs) => nowMs - atMs < crashWindowMs), nowMs];
    if (crashes.length >= crashLimit) {
      failed = true;
      options.onFailed(`The engine stopped ${crashes.length} times within a minute (last exit code ${code}).`);
      return;
    }
    options.notify('Daybreak', 'The engine stopped unexpectedly and was started again. Your data is kept.');
    child = launch();
  }

  return {
    connect() {
      const { port1, port2 } = new MessageChannelMain();
      send(child, { type: 'port' }, [port2]);
      return port1;
    },
    stop() {
      stopping ??= new Promise((resolve) => {
        if (child.pid === undefined) return resolve();
        const timer = setTimeout(() => child.kill(), stopTimeoutMs);
        child.once('exit', () => {
          clearTimeout(timer);
          resolve();
        });
        send(child, { type: 'stop' });
      });
      return stopping;
    },
  };
}

function send(child: UtilityProcess, message: ToEngine, transfer: MessagePortMain[] = []): void {
  child.postMessage(message, transfer);
}

async function answerSecret(
  secrets: SecretStore,
  request: SecretRequest,
): Promise<Extract<ToEngine, { type: 'secret' }>> {
  const answer = { type: 'secret', id: request.id } as const;
  try {
    switch (request.op) {
      case 'get':
        return { ...answer, secret: await secrets.get(request.key), error: null };
      case 'set':
        await secrets.set(request.key, request.secret);
        return { ...answer, secret: null, error: null };
      case 'remove':
        await secrets.remove(request.key);
        return { ...answer, secret: null, error: null };
    }
  } catch (error) {
    return { ...answer, secret: null, error: error instanceof Error ? error.message : String(error) };
  }
}
