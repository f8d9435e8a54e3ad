import type { Logger, SecretStore } from '../../core/ports.ts';
import { installation } from '../installation.ts';
import { fileSecrets } from '../file-secrets.ts';
import { memorySecrets, nodePorts } from '../node-ports.ts';
import { sshSecretVariable, type AttachTo } from '../profile/attach-to.ts';
import { openProfileEngine, type ProfileEngine } from '../profile/open-engine.ts';
import { prepareProfileDir, profileDir } from '../profile/profile-dir.ts';

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
  /** Where it keeps passwords (file-secrets.ts); left out: in memory, until it stops. */
  readonly secretsFile?: string | undefined;
  /** Passwords that this process was given, besides those of the environment: they are not written into that file. */
  readonly given?: readonly string[];
  /** How long its stop waits for refreshes, ms. */
  readonly graceMs?: number;
  /** The engine of another machine instead. */
  readonly attach?: AttachTo | undefined;
}

/** The engine of the profile: the one that runs already, one in this process, or that of an agent elsewhere. */
export async function openCliEngine({
  profile,
  door,
  logger,
  background,
  forWindow = false,
  secretsFile,
  given = [],
  graceMs,
  attach,
}: CliEngineOptions): Promise<ProfileEngine> {
  const dir = profileDir({ option: profile });
  if (attach !== undefined) {
    prepareProfileDir(dir); // the SSH servers that are trusted are written down in it
    // Loaded only here: most commands speak no SSH.
    const { attachEngine } = await import('../profile/attach-engine.ts');
    return attachEngine({ ...attach, profileDir: dir, logger });
  }
  const paths = { profileDir: dir, resourcesDir: installation().resourcesDir };
  return openProfileEngine({
    profileDir: dir,
    logger,
    startCore: async () => {
      // Loaded only here: whoever attaches needs no engine, and a wrong call is said at once.
      const { createCore } = await import('../../core/create-core.ts');
      const store =
        secretsFile === undefined
          ? memorySecrets()
          : await fileSecrets(secretsFile, { given: [...given, ...inEnvironment(process.env)], logger });
      const secrets = background ? store : withEnvironment(store, process.env);
      return createCore(nodePorts({ paths, logger, door, secrets }), { background, forWindow, graceMs });
    },
  });
}

const inEnvironment = (env: NodeJS.ProcessEnv): string[] =>
  [env['PGPASSWORD'], env[sshSecretVariable]].flatMap((secret) => (secret ? [secret] : []));

/**
 * libpq's PGPASSWORD, and the secret of SSH servers, for every server without a password of its own: an engine that lives for one call remembers
 * none, and whatever the call needs a server for has to log in. One that goes on would try it on servers that
 * nobody meant.
 */
function withEnvironment(secrets: SecretStore, env: NodeJS.ProcessEnv): SecretStore {
  const fromEnvironment = (key: string) =>
    (key.startsWith('server:') && env['PGPASSWORD']) || (key.startsWith('ssh:') && env[sshSecretVariable]) || null;
  return { ...secrets, get: async (key) => (await secrets.get(key)) ?? fromEnvironment(key) };
}
