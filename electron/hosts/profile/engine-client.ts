import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '../../../shared/contract/index.ts';
import { tokenHeader } from '../http/rpc-endpoint.ts';
import type { Fetch } from './tunnel-fetch.ts';
import { engineSignSchema, type EngineState } from './engine-listener.ts';
import type { EngineRecord, EngineSign } from './engine-lock.ts';

export type EngineClient = ContractRouterClient<Contract>;

/** Node's fetch sends no Origin by itself; the guards of the other side want the exact one. */
const doorHeaders = (engine: EngineRecord) => ({ origin: engine.address, [tokenHeader]: engine.token });

/** The contract of an engine that runs in another process: of this machine, or where `through` leads to. */
export function engineClient(engine: EngineRecord, through: Fetch = fetch): EngineClient {
  return createORPCClient(
    new RPCLink({
      url: `${engine.address}/rpc`,
      headers: () => doorHeaders(engine),
      fetch: (request, init) => through(request, init),
    }),
  );
}

const signTimeoutMs = 5_000;

export type EngineAnswer =
  { readonly sign: 'alive'; readonly state: EngineState } | { readonly sign: Exclude<EngineSign, 'alive'> };

/** Asks the address of a lock whether the engine that wrote it is still the one that answers there. */
export async function askEngine(
  engine: EngineRecord,
  { timeoutMs = signTimeoutMs, fetch: through = fetch }: { readonly timeoutMs?: number; readonly fetch?: Fetch } = {},
): Promise<EngineAnswer> {
  try {
    const response = await through(`${engine.address}/engine`, {
      method: 'POST',
      headers: doorHeaders(engine),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const parsed = engineSignSchema.safeParse(response.ok ? await response.json() : null);
    if (!parsed.success || parsed.data.instance !== engine.instance) return { sign: 'gone' };
    return { sign: 'alive', state: parsed.data.state };
  } catch (error) {
    return { sign: error instanceof Error && error.name === 'TimeoutError' ? 'silent' : 'gone' };
  }
}
