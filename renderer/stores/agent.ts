import type { TunnelSecrets, TunnelSettings } from '../../shared/model/tunnel.ts';
import { client, unwrap } from './client.ts';

export interface AgentAddress {
  readonly tunnel: TunnelSettings;
  /** Folder of the agent's profile on its machine; null: the usual one. */
  readonly profile: string | null;
  readonly tunnelSecrets?: TunnelSecrets;
}

/** Makes this window work on an agent. Everything it shows is of another engine then: it is loaded anew. */
export async function attachToAgent(address: AgentAddress): Promise<void> {
  unwrap(await client().system.attach({ ...address }));
  startAnew();
}

export async function detachFromAgent(): Promise<void> {
  unwrap(await client().system.detach({}));
  startAnew();
}

/** Ids of servers and dashboards in the address are of the engine that was left. */
function startAnew(): void {
  location.hash = '#/connections';
  location.reload();
}
