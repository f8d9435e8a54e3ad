import type { Logger, SecretStore } from '../../core/ports.ts';
import { installation } from '../installation.ts';
import { memorySecrets, nodePorts } from '../node-ports.ts';
import { openProfileEngine, type ProfileEngine } from '../profile/open-engine.ts';
import { profileDir } from '../profile/profile-dir.ts';

export interface CliEngineOptions {
  /** `--profile` */
  readonly profile?: string | undefined;
  /** The door, for the activity log. */
  readonly door: string;
  readonly logger: Logger;
  /** False for an engine that lives for one call: nothing samples or reconnects by itself. */
  readonly background: boolean;
  /** A window is about to ask. */
  readonly forWindow?: boolean;
}

/** The engine of the profile: the one that runs already, or one in this process. */
export function openCliEngine({
  profile,
  door,
  logger,
  background,
  forWindow = false,
}: CliEngineOptions): Promise<ProfileEngine> {
  const dir = profileDir({ option: profile });
  const paths = { profileDir: dir, resourcesDir: installation().resourcesDir };
  return openProfileEngine({
    profileDir: dir,
    logger,
    startCore: async () => {
      // Loaded only here: whoever attaches needs no engine, and a wrong call is said at once.
      const { createCore } = await import('../../core/create-core.ts');
      const secrets = background ? memorySecrets() : withEnvironment(memorySecrets(), process.env);
      return createCore(nodePorts({ paths, logger, door, secrets }), { background, forWindow });
    },
  });
}

/**
 * libpq's PGPASSWORD for every server without a password of its own: an engine that lives for one call remembers
 * none, and whatever the call needs a server for has to log in. One that goes on would try it on servers that
 * nobody meant.
 */
function withEnvironment(secrets: SecretStore, env: NodeJS.ProcessEnv): SecretStore {
  const inEnvironment = (key: string) => (key.startsWith('server:') && env['PGPASSWORD']) || null;
  return { ...secrets, get: async (key) => (await secrets.get(key)) ?? inEnvironment(key) };
}
