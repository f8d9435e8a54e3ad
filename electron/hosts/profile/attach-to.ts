/** The passphrase of the key, or the password, of SSH servers: there is no agent on every machine. */
export const sshSecretVariable = 'DAYBREAK_SSH_SECRET';

/** Which engine of another machine, and how to sign in there. */
export interface AttachTo {
  /** `ssh://user@host:port/profile` */
  readonly to: string;
  readonly sshKey?: string | undefined;
  readonly sshJump?: string | undefined;
  readonly sshAuth?: string | undefined;
}

/** What a door was told in its environment: DAYBREAK_ATTACH, and the options beside it. Null: the engine is here. */
export function attachFrom(env: NodeJS.ProcessEnv): AttachTo | null {
  const to = env['DAYBREAK_ATTACH'];
  if (!to) return null;
  return {
    to,
    sshKey: env['DAYBREAK_SSH_KEY'] || undefined,
    sshJump: env['DAYBREAK_SSH_JUMP'] || undefined,
    sshAuth: env['DAYBREAK_SSH_AUTH'] || undefined,
  };
}
