import { EventEmitter } from 'node:events';
import type { MessagePortMain } from 'electron';

/** What travels through our ports: oRPC's text, or its bytes. */
export type PortData = string | Uint8Array;

type PortMembers = Pick<MessagePortMain, 'postMessage' | 'start' | 'close'>;

/**
 * MessagePortMain: what is posted on one end arrives as a 'message' event on the other, once that one was started;
 * 'close' is emitted on both ends.
 */
export class PortStandIn extends EventEmitter implements PortMembers {
  #other: PortStandIn | null = null;
  #waiting: PortData[] | null = [];
  #closed = false;

  static pair(): [PortStandIn, PortStandIn] {
    const [a, b] = [new PortStandIn(), new PortStandIn()];
    a.#other = b;
    b.#other = a;
    return [a, b];
  }

  postMessage(data: PortData): void {
    const other = this.#other;
    // A message arrives in a later turn, as it does between processes.
    if (other && !this.#closed) setImmediate(() => other.#receive(data));
  }

  start(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const data of waiting) this.emit('message', { data, ports: [] });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    setImmediate(() => this.emit('close'));
    this.#other?.close();
  }

  #receive(data: PortData): void {
    if (this.#closed) return;
    if (this.#waiting) this.#waiting.push(data);
    else this.emit('message', { data, ports: [] });
  }
}

/** Where a transferred port lives on: the other side knows it by its number. */
export interface Remote {
  send(portId: number, data: PortData): void;
  closed(portId: number): void;
}

/** The ports that were transferred to one other world (a page, a child process). */
export class TransferredPorts {
  readonly #ports = new Map<number, PortStandIn>();
  readonly #remote: Remote;
  #lastId = 0;

  constructor(remote: Remote) {
    this.#remote = remote;
  }

  transfer(port: PortStandIn): number {
    const id = ++this.#lastId;
    this.#ports.set(id, port);
    port.on('message', ({ data }: { data: PortData }) => this.#remote.send(id, data));
    port.on('close', () => {
      if (this.#ports.delete(id)) this.#remote.closed(id);
    });
    port.start();
    return id;
  }

  receive(portId: number, data: PortData): void {
    this.#ports.get(portId)?.postMessage(data);
  }

  /** The other world closed one, or is gone with all of them. */
  close(portId?: number): void {
    for (const [id, port] of this.#ports) {
      if (portId !== undefined && id !== portId) continue;
      this.#ports.delete(id);
      port.close();
    }
  }
}
