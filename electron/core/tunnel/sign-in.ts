import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { AnyAuthMethod, AuthenticationType, AuthHandlerMiddleware, ParsedKey } from 'ssh2';
import { assertNever, Failure } from '../../../shared/model/failure.ts';
import { hostAndPort, hopName, type SshHop } from '../../../shared/model/tunnel.ts';
import { fingerprintOf } from './host-keys.ts';

export interface SignInOptions {
  readonly hop: SshHop;
  /** The hop's passphrase or password, where one is known. */
  readonly secret: () => Promise<string | null>;
  /** Path of the agent's socket or pipe; null where none runs. */
  readonly agent: string | null;
  /** Told of the failure behind a sign-in that does not go on. */
  readonly onFailed: (failure: Failure) => void;
}

/** What the person is asked for after a failure, in `detail.asks`; null where typing something would not help. */
type Asks = 'passphrase' | 'password' | null;

const failed = (hop: SshHop, message: string, asks: Asks, more: { cause?: unknown; action?: string } = {}): Failure =>
  new Failure(
    {
      code: 'ssh_login_failed',
      message,
      detail: { hop: hopName(hop), ...(asks === null ? {} : { asks }) },
      ...(more.action === undefined ? {} : { action: more.action }),
    },
    { cause: more.cause },
  );

/**
 * Signs in at one SSH server. Asks first what it accepts: a password is sent only where one is, and a passphrase is
 * needed only once the server's key is trusted.
 */
export function signIn({ hop, secret, agent, onFailed }: SignInOptions): AuthHandlerMiddleware {
  const username = hop.user;
  /** What was tried, in words, for the failure after it. */
  let tried: string | null = null;
  let asked = false;

  async function first(accepted: readonly string[]): Promise<AnyAuthMethod> {
    const { auth } = hop;
    switch (auth.kind) {
      case 'agent':
        requireAccepted(hop, accepted, ['publickey']);
        tried = 'any key of the SSH agent';
        return { type: 'agent', username, agent: requireAgent(hop, agent) };
      case 'key': {
        requireAccepted(hop, accepted, ['publickey']);
        const key = await readKey(hop, auth.file, await secret());
        tried = `the key ${auth.file} (${fingerprintOf(key.getPublicSSH().toString('base64'))})`;
        return { type: 'publickey', username, key };
      }
      case 'password': {
        requireAccepted(hop, accepted, ['password', 'keyboard-interactive']);
        const password = await secret();
        if (password === null)
          throw failed(
            hop,
            `${hostAndPort(hop)} asks ${username} for a password, and none is known. Type it.`,
            'password',
          );
        tried = 'this password';
        if (accepted.includes('password')) return { type: 'password', username, password };
        // Where PAM asks, it asks one hidden question; more of them are for a person at a keyboard.
        return {
          type: 'keyboard-interactive',
          username,
          prompt: (_name, _instructions, _language, prompts, answer) =>
            answer(prompts.map(({ echo }) => (echo === true ? '' : password))),
        };
      }
      default:
        return assertNever(auth);
    }
  }

  const after = (accepted: readonly string[], partly: boolean): Failure => {
    if (partly) {
      const next = accepted.join(' or ');
      return failed(
        hop,
        `${hostAndPort(hop)} accepts ${username} and then asks for more (${next}), which Daybreak cannot answer. Let its administrator exempt this user or key, or sign in through an agent that does it.`,
        null,
      );
    }
    const mends =
      hop.auth.kind === 'password'
        ? 'Type it again'
        : `Its administrator has to add the key to authorized_keys of ${username}`;
    return failed(
      hop,
      `${hostAndPort(hop)} does not let ${username} in with ${tried ?? 'anything'}. ${mends}.`,
      hop.auth.kind === 'password' ? 'password' : null,
    );
  };

  return (left: AuthenticationType[] | null, partly, next) => {
    const goOn = (method: AnyAuthMethod | false) => next(method as AnyAuthMethod);
    if (!asked) {
      asked = true;
      return goOn({ type: 'none', username });
    }
    if (tried !== null) {
      onFailed(after(left ?? [], partly === true));
      return goOn(false);
    }
    first(left ?? []).then(goOn, (error: unknown) => {
      onFailed(
        error instanceof Failure ? error : failed(hop, `Signing in at ${hostAndPort(hop)}: ${String(error)}`, null),
      );
      goOn(false);
    });
  };
}

function requireAccepted(hop: SshHop, accepted: readonly string[], usable: readonly string[]): void {
  if (accepted.length === 0 || usable.some((method) => accepted.includes(method))) return;
  throw failed(
    hop,
    `${hostAndPort(hop)} does not let ${hop.user} in with ${hop.auth.kind === 'password' ? 'a password' : 'a key'}; it accepts ${accepted.join(', ')}. Choose another way to sign in.`,
    null,
  );
}

function requireAgent(hop: SshHop, agent: string | null): string {
  if (agent !== null) return agent;
  throw failed(
    hop,
    `No SSH agent runs for the engine (SSH_AUTH_SOCK is not set), so there is no key for ${hopName(hop)}. Start an agent and Daybreak after it, or sign in with a key file.`,
    null,
  );
}

/** The agent of this user: https://man.openbsd.org/ssh-agent.1, and the service of OpenSSH on Windows. */
export const agentOf = (env: Readonly<Record<string, string | undefined>>): string | null =>
  env['SSH_AUTH_SOCK'] || (process.platform === 'win32' ? '\\\\.\\pipe\\openssh-ssh-agent' : null);

/** `~/…` is in the home of the engine's user. */
export const expandHome = (file: string, home = homedir()): string =>
  file === '~' || file.startsWith('~/') ? join(home, file.slice(1)) : file;

async function readKey(hop: SshHop, file: string, passphrase: string | null): Promise<ParsedKey> {
  const path = expandHome(file);
  const { openKey } = await import('./open-key.ts');
  const opened = await openKey(await readPrivate(hop, path), passphrase);
  if ('key' in opened) {
    if (opened.key.isPrivateKey()) return opened.key;
    throw failed(hop, `${path} holds a public key. Give the file of the private one, usually without .pub.`, null);
  }
  if ('unusable' in opened) {
    throw failed(
      hop,
      `${path} is no private key that can be used here (${opened.unusable}). Give a key that ssh-keygen made: ed25519, ECDSA or RSA.`,
      null,
    );
  }
  throw failed(
    hop,
    opened.problem === 'needs_passphrase'
      ? `The key ${path} is encrypted, and its passphrase is not known. Type it.`
      : `This passphrase does not open the key ${path}. Type it again.`,
    'passphrase',
  );
}

async function readPrivate(hop: SshHop, path: string): Promise<Buffer> {
  try {
    const { mode, uid } = await stat(path);
    // As ssh does: a key that others can read is not one; Windows has no such bits.
    if (process.platform !== 'win32' && uid === process.getuid?.() && (mode & 0o077) !== 0) {
      throw failed(hop, `The key file ${path} can be read by others, so it is not used.`, null, {
        action: `chmod 0600 ${path}`,
      });
    }
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw failed(hop, `The key file ${path} for ${hopName(hop)} cannot be read: ${why}.`, null, { cause });
  }
}
