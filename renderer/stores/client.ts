import { createORPCClient, DynamicLink } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '../../shared/contract/index.ts';
import type { Reply } from '../../shared/model/failure.ts';
import type { Door } from '../host/door.ts';
import { FailureError } from './failure-error.ts';

export { FailureError, problemOf, type Problem } from './failure-error.ts';
export { useServerSelection } from './server-selection.ts';

export type Client = ContractRouterClient<Contract>;

let door: Door | null = null;
let opened: Client | null = null;

/** Called once at start with the door that was picked. */
export function enterThrough(picked: Door): void {
  door = picked;
  opened = createORPCClient<Client>(new DynamicLink(() => picked.link()));
}

export function currentDoor(): Door {
  if (door === null) throw new Error('no door is open yet');
  return door;
}

/** The typed client of the whole contract. Stores are its only callers. */
export function client(): Client {
  if (opened === null) throw new Error('the client was used before a door was open');
  return opened;
}

/** The value of a reply, or its failure thrown as `FailureError`. */
export function unwrap<T>(reply: Reply<T>): T {
  if (reply.ok) return reply.value;
  throw new FailureError(reply.error);
}
