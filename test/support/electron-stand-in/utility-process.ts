import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import type { ForkOptions, MessagePortMain, UtilityProcess, utilityProcess as realUtilityProcess } from 'electron';
import { PortStandIn, TransferredPorts, type PortData } from './ports.ts';

/** Between the stand-in's main process and a child that believes it is a utility process. */
export type ToChild =
  | { readonly kind: 'message'; readonly message: unknown; readonly portIds: readonly number[] }
  | { readonly kind: 'port-message'; readonly portId: number; readonly data: PortData }
  | { readonly kind: 'port-closed'; readonly portId: number };
export type FromChild =
  | { readonly kind: 'message'; readonly message: unknown }
  | { readonly kind: 'port-message'; readonly portId: number; readonly data: PortData }
  | { readonly kind: 'port-closed'; readonly portId: number };

const childSetUp = new URL('./utility-child.ts', import.meta.url).href;

/** A Node process of its own, as Electron's is; it ends when this process does, as Electron's does. */
class UtilityProcessStandIn extends EventEmitter implements Pick<UtilityProcess, 'pid' | 'postMessage' | 'kill'> {
  pid: number | undefined;
  readonly stdout = null;
  readonly stderr = null;
  readonly #child: ChildProcess;
  readonly #ports: TransferredPorts;

  constructor(modulePath: string, args: string[]) {
    super();
    this.#child = fork(modulePath, args, {
      execArgv: ['--import', childSetUp],
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.pid = this.#child.pid;
    const send = (message: ToChild) => {
      if (this.#child.connected) this.#child.send(message);
    };
    this.#ports = new TransferredPorts({
      send: (portId, data) => send({ kind: 'port-message', portId, data }),
      closed: (portId) => send({ kind: 'port-closed', portId }),
    });
    this.#child.on('message', (message: FromChild) => {
      if (message.kind === 'message') this.emit('message', message.message);
      else if (message.kind === 'port-message') this.#ports.receive(message.portId, message.data);
      else this.#ports.close(message.portId);
    });
    this.#child.on('spawn', () => this.emit('spawn'));
    this.#child.on('exit', (code) => {
      this.pid = undefined;
      this.#ports.close();
      this.emit('exit', code ?? 1);
    });
  }

  postMessage(message: unknown, transfer: readonly MessagePortMain[] = []): void {
    const portIds = transfer.map((port) => this.#ports.transfer(asStandIn(port)));
    if (this.#child.connected) this.#child.send({ kind: 'message', message, portIds } satisfies ToChild);
  }

  kill(): boolean {
    return this.#child.kill();
  }
}

export function asStandIn(port: unknown): PortStandIn {
  if (port instanceof PortStandIn) return port;
  throw new TypeError('only ports of a MessageChannelMain can be transferred');
}

export const utilityProcess = {
  fork: (modulePath: string, args: string[] = [], options: ForkOptions = {}) => {
    if (options.stdio !== undefined && options.stdio !== 'inherit') throw new Error('the stand-in only inherits stdio');
    return new UtilityProcessStandIn(modulePath, args);
  },
} satisfies Record<keyof Pick<typeof realUtilityProcess, 'fork'>, unknown>;
