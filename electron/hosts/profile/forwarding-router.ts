import { ORPCError, implement } from '@orpc/server';
import { getEventIteratorSchemaDetails, type AnyContractProcedure } from '@orpc/contract';
import { contract } from '../../../shared/contract/index.ts';
import type { FailureValue } from '../../../shared/model/failure.ts';
import type { DoorRouter } from '../http/rpc-endpoint.ts';
import type { EngineClient } from './engine-client.ts';

export interface ForwardingOptions {
  /** Asked for every call: the engine behind the profile may change. */
  readonly client: () => EngineClient;
  /** The engine did not answer; the next call should find another one. */
  readonly onGone: (cause: unknown) => void;
}

type Call = (input: unknown, options: { readonly signal: AbortSignal | undefined }) => Promise<unknown>;

/**
 * The whole contract, answered by an engine elsewhere: what a door serves when another process holds its profile.
 * A call is never repeated by itself: whether it ran before the engine went away is not known here.
 */
export function forwardingRouter({ client, onGone }: ForwardingOptions): DoorRouter {
  const forward = (namespace: string, name: string, procedure: AnyContractProcedure) =>
    implement(procedure).handler(async ({ input, signal }) => {
      const call = (client() as unknown as Record<string, Record<string, Call>>)[namespace]?.[name];
      if (!call) throw new Error(`the engine's client has no ${namespace}.${name}`);
      try {
        const answer = await call(input, { signal });
        return isStream(answer) ? stream(answer, signal) : answer;
      } catch (error) {
        if (signal?.aborted || !isGone(error)) throw error;
        onGone(error);
        // A stream has no value that says so: whoever listens begins anew.
        if (getEventIteratorSchemaDetails(procedure['~orpc'].outputSchema) !== undefined) throw gone(error);
        return { ok: false, error: engineGone };
      }
    });

  async function* stream(events: AsyncIterable<unknown>, signal: AbortSignal | undefined): AsyncGenerator<unknown> {
    try {
      yield* events;
    } catch (error) {
      if (signal?.aborted || !isGone(error)) throw error;
      onGone(error);
      throw gone(error);
    }
  }

  const router = Object.fromEntries(
    Object.entries(contract).map(([namespace, procedures]) => [
      namespace,
      Object.fromEntries(
        Object.entries<AnyContractProcedure>(procedures).map(([name, procedure]) => [
          name,
          forward(namespace, name, procedure),
        ]),
      ),
    ]),
  );
  // Built name by name from the contract itself, which is what its type says; the compiler cannot follow a loop.
  return router as unknown as DoorRouter;
}

const engineGone: FailureValue = {
  code: 'not_available',
  message: 'The engine of this profile has stopped. It is being looked for; try again.',
  retryable: true,
};

const gone = (cause: unknown) => new ORPCError('SERVICE_UNAVAILABLE', { message: engineGone.message, cause });

/** What an engine says has a code of its own; a refused, cut or unauthorised connection means that it is not there. */
const isGone = (error: unknown): boolean =>
  error instanceof ORPCError ? error.status === 401 || error.status === 503 : !isAbort(error);

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

const isStream = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
