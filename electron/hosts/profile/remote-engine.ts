import { createRouterClient } from '@orpc/server';
import { Failure, isFailure } from '../../../shared/model/failure.ts';
import { hopName, type TunnelSettings } from '../../../shared/model/tunnel.ts';
import type { Logger } from '../../core/ports.ts';
import { openTunnel, type Tunnel, type TunnelContext } from '../../core/tunnel/open-tunnel.ts';
import { readRemoteFile } from '../../core/tunnel/read-remote-file.ts';
import { tunnelFrom, type WrittenTunnel } from '../../core/tunnel/ssh-address.ts';
import type { SshConfig } from '../../core/tunnel/ssh-config.ts';
import { engineVersion } from '../../core/version.ts';
import { askEngine, engineClient, type EngineClient } from './engine-client.ts';
import { engineRecordSchema, lockName, type EngineRecord } from './engine-lock.ts';
import { forwardingRouter } from './forwarding-router.ts';
import type { ProfileEngine } from './open-engine.ts';
import { tunnelFetch } from './tunnel-fetch.ts';

/** An engine on another machine: the SSH server before it, and its profile there. */
export interface RemoteEngine {
  readonly tunnel: TunnelSettings;
  /** Folder on that machine; null: where its user's data is kept. */
  readonly profile: string | null;
}

/**
 * `ssh://[user@]host[:port][/profile]`; the host may be one of ~/.ssh/config, and a profile that begins with `~` is in
 * the home of that user. Throws `invalid_input`.
 */
export function remoteEngineFrom(text: string, options: Omit<WrittenTunnel, 'ssh'>, config: SshConfig): RemoteEngine {
  const parts = /^ssh:\/\/([^/]+)(\/.*)?$/.exec(text.trim());
  if (parts?.[1] === undefined) {
    throw new Failure({
      code: 'invalid_input',
      message: `${JSON.stringify(text)} is no address of an agent. Write ssh://user@host:port/folder/of/its/profile, or ssh://user@host.`,
    });
  }
  const path = decodeURIComponent(parts[2] ?? '').replace(/\/+$/, '');
  const profile = path === '' ? null : profileOnServer(path.replace(/^\/~/, '~'));
  return { tunnel: tunnelFrom({ ...options, ssh: parts[1] }, config), profile };
}

/** SFTP starts in the home of the user and knows no `~`. */
export const profileOnServer = (path: string): string => path.replace(/^~(\/|$)/, './');

export interface OpenRemoteEngineOptions {
  readonly remote: RemoteEngine;
  readonly context: TunnelContext;
  readonly logger: Logger;
}

/** Where an agent keeps its profile on Linux, macOS and Windows, below the home of its user. */
const usualProfiles = ['.local/share/daybreak', 'Library/Application Support/Daybreak', 'AppData/Local/Daybreak'];
/** A window that asks for many things at once must not sign in once for each of them. */
const searchEveryMs = 2_000;

/**
 * Attaches to the engine of a profile on another machine, through SSH. It outlives both the tunnel and that engine: the
 * next call looks for it again. Throws the failures of `openTunnel` and `readRemoteFile`, `not_found` where no engine
 * runs there, and `not_available` where the one that ran does not answer.
 */
export async function openRemoteEngine({ remote, context, logger }: OpenRemoteEngineOptions): Promise<ProfileEngine> {
  let current = await attach(remote, context, logger);
  let closed = false;
  let searching: Promise<void> | null = null;
  let searchedAtMs = 0;

  function search(): void {
    if (closed || searching !== null || Date.now() - searchedAtMs < searchEveryMs) return;
    searchedAtMs = Date.now();
    logger.warn({ agent: hopName(remote.tunnel) }, 'the agent does not answer; looking for it again');
    current.tunnel.close();
    searching = attach(remote, context, logger)
      .then((found) => {
        if (closed) found.tunnel.close();
        else current = found;
      })
      .catch((error: unknown) => {
        if (!isFailure(error)) throw error;
        logger.warn({ code: error.value.code }, error.message);
      })
      .catch((error: unknown) => logger.error({ err: error }, 'looking for the agent failed with a bug'))
      .finally(() => (searching = null));
  }

  const router = forwardingRouter({ client: () => current.client, onGone: search });
  return {
    kind: () => 'attached',
    pid: () => current.record.pid,
    router,
    client: createRouterClient(router, { context: {} }),
    async close() {
      closed = true;
      await searching;
      current.tunnel.close();
    },
  };
}

interface Attached {
  readonly tunnel: Tunnel;
  readonly record: EngineRecord;
  readonly client: EngineClient;
}

async function attach(remote: RemoteEngine, context: TunnelContext, logger: Logger): Promise<Attached> {
  const tunnel = await openTunnel(remote.tunnel, context);
  try {
    const record = await readRecord(tunnel, remote);
    const through = tunnelFetch(tunnel);
    const answer = await askEngine(record, { fetch: through });
    if (answer.sign !== 'alive' || answer.state === 'stopping') {
      throw new Failure({
        code: 'not_available',
        message: `The engine that ${hopName(remote.tunnel)} had (process ${record.pid}) does not answer any more. Start it again there: daybreak agent --url …`,
        retryable: true,
      });
    }
    const client = engineClient(record, through);
    await sayOtherVersion(client, logger);
    return { tunnel, record, client };
  } catch (error) {
    tunnel.close();
    throw error;
  }
}

/** Who may read the lock of an engine may call it: the token in it is only as secret as the file. */
async function readRecord(tunnel: Tunnel, { profile, tunnel: settings }: RemoteEngine): Promise<EngineRecord> {
  const folders = profile === null ? usualProfiles : [profile];
  const found = await readRemoteFile(
    tunnel,
    folders.map((folder) => `${folder}/${lockName}`),
  );
  if (found === null) {
    throw new Failure({
      code: 'not_found',
      message: `No Daybreak runs for ${hopName(settings)}${profile === null ? '' : ` with the profile ${profile}`}: there is no ${folders[0] ?? ''}/${lockName}. Start one there (daybreak agent --url …), sign in as the user that it runs as, or name its profile: ssh://user@host/folder.`,
    });
  }
  // Windows has no such bits, and its SFTP servers make some up.
  if ((found.mode & 0o077) !== 0 && !found.path.startsWith('AppData/')) {
    throw new Failure({
      code: 'permission_denied',
      message: `${found.path} of ${hopName(settings)} can be read by others, and with it the key to that engine. Nothing was sent to it.`,
      action: `chmod 0600 ${found.path}`,
    });
  }
  const record = recordIn(found.text);
  if (record !== null) return record;
  throw new Failure({
    code: 'not_available',
    message: `${found.path} of ${hopName(settings)} is not the lock of an engine that this Daybreak (${engineVersion}) knows.`,
  });
}

function recordIn(text: string): EngineRecord | null {
  try {
    const record = engineRecordSchema.parse(JSON.parse(text));
    // An engine listens on its own machine alone; a lock that leads elsewhere is not one of ours.
    return /^http:\/\/127\.0\.0\.1:\d+$/.test(record.address) ? record : null;
  } catch {
    return null;
  }
}

async function sayOtherVersion(client: EngineClient, logger: Logger): Promise<void> {
  const info = await client.system.info({});
  if (!info.ok || info.value.version === engineVersion) return;
  logger.warn(
    { here: engineVersion, there: info.value.version },
    'the agent is of another version of Daybreak; what one of them does not know fails',
  );
}
