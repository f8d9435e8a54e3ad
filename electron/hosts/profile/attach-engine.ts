import type { Logger } from '../../core/ports.ts';
import { hostKeyFiles, hostKeys } from '../../core/tunnel/host-keys.ts';
import { agentOf } from '../../core/tunnel/sign-in.ts';
import { readSshConfig } from '../../core/tunnel/ssh-config.ts';
import type { ProfileEngine } from './open-engine.ts';
import { sshSecretVariable, type AttachTo } from './attach-to.ts';
import { openRemoteEngine, remoteEngineFrom } from './remote-engine.ts';

export interface AttachOptions extends AttachTo {
  /** The profile here: its known_hosts tells which SSH servers are trusted. */
  readonly profileDir: string;
  readonly logger: Logger;
}

/** The engine of an agent on another machine. The secret of its SSH servers comes from the environment. */
export function attachEngine({
  to,
  sshKey,
  sshJump,
  sshAuth,
  profileDir,
  logger,
}: AttachOptions): Promise<ProfileEngine> {
  const secret = process.env[sshSecretVariable] || null;
  return openRemoteEngine({
    remote: remoteEngineFrom(to, { key: sshKey, jump: sshJump, auth: sshAuth }, readSshConfig()),
    context: {
      hostKeys: hostKeys(hostKeyFiles(profileDir)),
      agent: agentOf(process.env),
      secretOf: async () => secret,
    },
    logger,
  });
}
