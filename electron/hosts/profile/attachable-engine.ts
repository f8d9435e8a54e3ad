import { implement, type AnyProcedure } from '@orpc/server';
import { contract } from '../../../shared/contract/index.ts';
import { Failure } from '../../../shared/model/failure.ts';
import { hopName, type TunnelSecrets, type TunnelSettings } from '../../../shared/model/tunnel.ts';
import { reply } from '../../core/api/reply.ts';
import type { Logger } from '../../core/ports.ts';
import { hostKeyFiles, hostKeys } from '../../core/tunnel/host-keys.ts';
import { agentOf } from '../../core/tunnel/sign-in.ts';
import type { DoorRouter } from '../http/rpc-endpoint.ts';
import type { ProfileEngine } from './open-engine.ts';
import { openRemoteEngine, profileOnServer } from './remote-engine.ts';

/** What a window works on: the engine of its profile, or that of an agent elsewhere while it is attached to one. */
export interface AttachableEngine {
  /** Asked for every call, or where a window's way to the engine begins. */
  router(): DoorRouter;
  /** Leaves the agent; the engine itself belongs to the caller. */
  close(): Promise<void>;
}

export interface AttachableOptions {
  readonly profileDir: string;
  readonly logger: Logger;
  /** Where the door was opened on an agent from the start (`--attach`): there is no engine here to go back to. */
  readonly startedAttachedTo?: string | undefined;
}

/**
 * Answers `system.attach` and `system.detach` in the door: an engine cannot swap itself for another one. Everything else
 * goes to the engine that the window works on. The agent never sees the two.
 */
export function attachableEngine(engine: ProfileEngine, options: AttachableOptions): AttachableEngine {
  const { profileDir, logger, startedAttachedTo = null } = options;
  let remote: { readonly engine: ProfileEngine; readonly to: string; readonly router: DoorRouter } | null = null;

  const attach = implement(contract.system.attach).handler(({ input }) =>
    reply(async () => {
      const { tunnel, profile, tunnelSecrets = {} } = input;
      const found = await openRemoteEngine({
        remote: { tunnel, profile: profile === null ? null : profileOnServer(profile) },
        context: context(profileDir, tunnelSecrets),
        logger,
      });
      await remote?.engine.close();
      const to = `${hopName(tunnel)}${profile ?? ''}`;
      remote = { engine: found, to, router: withOwn(found.router) };
      return { to };
    }),
  );
  const detach = implement(contract.system.detach).handler(() =>
    reply(async () => {
      if (remote === null) throw notAttached(startedAttachedTo);
      const left = remote;
      remote = null;
      await left.engine.close();
      return { to: left.to };
    }),
  );
  const info = implement(contract.system.info).handler(async () => {
    const there = await (remote?.engine ?? engine).client.system.info({});
    const to = remote?.to ?? startedAttachedTo;
    // An agent that is out of reach must not hide the way back.
    const answer = there.ok || remote === null ? there : await engine.client.system.info({});
    if (!answer.ok || to === null) return answer;
    return { ok: true as const, value: { ...answer.value, attached: { to, canDetach: remote !== null } } };
  });

  function withOwn(router: DoorRouter): DoorRouter {
    const namespaces = router as unknown as Readonly<Record<string, Readonly<Record<string, AnyProcedure>>>>;
    // The contract's own names, in a router that has all the others: the compiler cannot follow the spread.
    return { ...namespaces, system: { ...namespaces['system'], attach, detach, info } } as unknown as DoorRouter;
  }
  const local = withOwn(engine.router);
  return {
    router: () => remote?.router ?? local,
    async close() {
      await remote?.engine.close();
      remote = null;
    },
  };
}

const context = (profileDir: string, secrets: TunnelSecrets) => ({
  hostKeys: hostKeys(hostKeyFiles(profileDir)),
  agent: agentOf(process.env),
  secretOf: async (hop: Pick<TunnelSettings, 'host' | 'port' | 'user'>) => secrets[hopName(hop)] || null,
});

const notAttached = (startedAttachedTo: string | null): Failure =>
  new Failure({
    code: 'not_available',
    message:
      startedAttachedTo === null
        ? 'This window works on the engine of its own profile already.'
        : `Daybreak was started for the agent at ${startedAttachedTo}. Start it without --attach to work on this machine’s own profile.`,
  });
