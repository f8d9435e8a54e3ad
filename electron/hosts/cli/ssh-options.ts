import { Option, type Command } from 'commander';
import type { AttachTo } from '../profile/attach-to.ts';

interface SignInOptions {
  readonly sshKey?: string | undefined;
  readonly sshJump?: string | undefined;
  readonly sshAuth?: string | undefined;
}

/** `--ssh` and what belongs to it. */
export interface SshOptions extends SignInOptions {
  readonly ssh?: string | undefined;
}

/** `--attach` and what belongs to it. */
export interface AttachOptions extends SignInOptions {
  readonly attach?: string | undefined;
}

/** For a command that has --url: the way to it. */
export const addSshOptions = (command: Command): Command =>
  addSignInOptions(
    command.option(
      '--ssh <user@host:port>',
      'go through this SSH server, or host of ~/.ssh/config; --url is as that server sees it',
    ),
  );

/** For a command that works on the engine of a profile: that of an agent on another machine. */
export const addAttachOptions = (command: Command): Command =>
  addSignInOptions(
    command.addOption(
      new Option(
        '--attach <ssh://user@host:port/profile>',
        'work on the agent of another machine, through SSH (default profile: the data folder of that user)',
      ).env('DAYBREAK_ATTACH'),
    ),
  );

const addSignInOptions = (command: Command): Command =>
  command
    .addOption(
      new Option(
        '--ssh-key <file>',
        'private key for SSH, its passphrase in DAYBREAK_SSH_SECRET (default: the SSH agent)',
      ).env('DAYBREAK_SSH_KEY'),
    )
    .addOption(
      new Option('--ssh-jump <user@host:port,...>', 'SSH servers that are passed before').env('DAYBREAK_SSH_JUMP'),
    )
    .addOption(
      new Option('--ssh-auth <how>', 'how to sign in; a password is taken from DAYBREAK_SSH_SECRET')
        .choices(['agent', 'key', 'password'])
        .env('DAYBREAK_SSH_AUTH'),
    );

export const attachTo = ({ attach, sshKey, sshJump, sshAuth }: AttachOptions): AttachTo | undefined =>
  attach === undefined ? undefined : { to: attach, sshKey, sshJump, sshAuth };

/** The connection text with the tunnel of the options in it, as `connections.parse` reads it. */
export function withSsh(url: string, { ssh, sshKey, sshJump, sshAuth }: SshOptions): string {
  if (ssh === undefined) return url;
  const given = Object.entries({ ssh, ssh_key: sshKey, ssh_jump: sshJump, ssh_auth: sshAuth }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  if (/^\s*[a-z][a-z0-9+.:-]*:\/\//i.test(url)) {
    const query = given.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
    return `${url.trim()}${url.includes('?') ? '&' : '?'}${query}`;
  }
  return `${url} ${given.map(([name, value]) => `${name}='${value.replace(/['\\]/g, '\\$&')}'`).join(' ')}`;
}
