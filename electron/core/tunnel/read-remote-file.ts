import type { SFTPWrapper, Stats } from 'ssh2';
import { Failure } from '../../../shared/model/failure.ts';
import { hopName, hopsOf } from '../../../shared/model/tunnel.ts';
import type { Tunnel } from './open-tunnel.ts';

export interface RemoteFile {
  readonly path: string;
  readonly text: string;
  /** Permission bits, e.g. 0o600. */
  readonly mode: number;
}

/** Far more than any file that Daybreak reads this way. */
const longestBytes = 64 * 1024;
const noSuchFile = 2;
const permissionDenied = 3;

/**
 * The first of these files that the tunnel's last server has, read over SFTP: no shell, so no quoting. Relative paths
 * start in the home of the signed-in user. Null where it has none; throws `permission_denied` for one that may not be
 * read, and `not_available` where the server offers no SFTP.
 */
export async function readRemoteFile(tunnel: Tunnel, paths: readonly string[]): Promise<RemoteFile | null> {
  const sftp = await openSftp(tunnel);
  try {
    for (const path of paths) {
      const found = await readOne(sftp, path).catch((error: unknown) => {
        throw unreadable(tunnel, path, error);
      });
      if (found !== null) return found;
    }
    return null;
  } finally {
    sftp.end();
  }
}

async function readOne(sftp: SFTPWrapper, path: string): Promise<RemoteFile | null> {
  try {
    const stats = await new Promise<Stats>((resolve, reject) =>
      sftp.stat(path, (error, found) => (error ? reject(error) : resolve(found))),
    );
    if (stats.size > longestBytes) throw new Error(`it has ${stats.size} bytes`);
    const content = await new Promise<Buffer>((resolve, reject) =>
      sftp.readFile(path, (error, read) => (error ? reject(error) : resolve(read))),
    );
    return { path, text: content.toString('utf8'), mode: stats.mode & 0o777 };
  } catch (error) {
    if (codeOf(error) === noSuchFile) return null;
    throw error;
  }
}

function openSftp(tunnel: Tunnel): Promise<SFTPWrapper> {
  return new Promise((resolve, reject) => {
    const refuse = (cause: unknown) =>
      reject(
        new Failure(
          {
            code: 'not_available',
            message: `The SSH server of ${nameOf(tunnel)} offers no SFTP (${messageOf(cause)}), and Daybreak reads files there with it. Its administrator can add "Subsystem sftp internal-sftp" to sshd_config.`,
          },
          { cause },
        ),
      );
    try {
      tunnel.client.sftp((error, sftp) => (error ? refuse(error) : resolve(sftp)));
    } catch (error) {
      refuse(error); // ssh2 throws where its socket is closed
    }
  });
}

function unreadable(tunnel: Tunnel, path: string, cause: unknown): Failure {
  const who = nameOf(tunnel);
  return codeOf(cause) === permissionDenied
    ? new Failure(
        {
          code: 'permission_denied',
          message: `${who} may not read ${path}. Sign in as the user whose file it is.`,
        },
        { cause },
      )
    : new Failure(
        { code: 'connection_lost', message: `Reading ${path} as ${who}: ${messageOf(cause)}.`, retryable: true },
        { cause },
      );
}

const nameOf = ({ settings }: Tunnel): string => hopsOf(settings).slice(-1).map(hopName).join('');
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);
