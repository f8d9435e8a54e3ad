/** `--import`ed before the engine's bundle: gives it the `process.parentPort` of a utility process. */
import { EventEmitter } from 'node:events';
import type { ParentPort } from 'electron';
import { PortStandIn, TransferredPorts } from './ports.ts';
import type { FromChild, ToChild } from './utility-process.ts';

class ParentPortStandIn extends EventEmitter implements Pick<ParentPort, 'postMessage'> {
  postMessage(message: unknown): void {
    send({ kind: 'message', message });
  }
}
const parentPort = new ParentPortStandIn();
// Electron's utility process has its port from the first line of its script on.
Object.defineProperty(process, 'parentPort', { value: parentPort });

function send(message: FromChild): void {
  if (process.connected) process.send?.(message);
}

/** A port that came from the main process keeps its number there. */
const ports = new Map<number, TransferredPorts>();

function adopt(portId: number): PortStandIn {
  const [mine, bridged] = PortStandIn.pair();
  const remote = new TransferredPorts({
    send: (_id, data) => send({ kind: 'port-message', portId, data }),
    closed: () => {
      ports.delete(portId);
      send({ kind: 'port-closed', portId });
    },
  });
  remote.transfer(bridged);
  ports.set(portId, remote);
  return mine;
}

process.on('message', (message: ToChild) => {
  switch (message.kind) {
    case 'message':
      return void parentPort.emit('message', { data: message.message, ports: message.portIds.map(adopt) });
    case 'port-message':
      return ports.get(message.portId)?.receive(1, message.data);
    case 'port-closed':
      ports.get(message.portId)?.close();
      ports.delete(message.portId);
  }
});
process.on('disconnect', () => process.exit(1));
