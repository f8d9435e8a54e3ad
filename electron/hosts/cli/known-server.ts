import type { ConnectionSettings } from '../../../shared/model/connection.ts';
import { Failure, type Reply } from '../../../shared/model/failure.ts';
import { hopName, hopsOf, type TunnelSecrets } from '../../../shared/model/tunnel.ts';
import type { EngineClient } from '../profile/engine-client.ts';
import { sshSecretVariable } from '../profile/attach-to.ts';

/** The connection of this address: the one that is stored, so that its history goes on, or a new one. */
export async function knownServer(
  client: EngineClient,
  url: string,
  changes: Partial<Pick<ConnectionSettings, 'cores'>> = {},
): Promise<string> {
  const { settings, secretId } = value(await client.connections.parse({ text: url }));
  const known = await storedServer(client, settings);
  const saved = await client.connections.save({
    ...(known ? { serverId: known.serverId } : {}),
    settings: {
      ...(known ? { ...known.settings, tlsMode: settings.tlsMode, tlsCaFile: settings.tlsCaFile } : settings),
      // The same servers on the way, perhaps with another key.
      ...(settings.tunnel === undefined ? {} : { tunnel: settings.tunnel }),
      ...changes,
    },
    ...(secretId ? { secretId } : {}),
    ...tunnelSecretsOf(settings, process.env),
  });
  return value(saved).serverId;
}

/** The stored connection to the same database as the same user; undefined where there is none. */
export async function storedServer(client: EngineClient, settings: ConnectionSettings) {
  const servers = value(await client.connections.list({}));
  return servers.find((server) => server.capture === null && sameDatabase(server.settings, settings));
}

const sameDatabase = (a: ConnectionSettings, b: ConnectionSettings): boolean =>
  a.host === b.host && a.port === b.port && a.database === b.database && a.user === b.user && wayOf(a) === wayOf(b);

const wayOf = ({ tunnel }: ConnectionSettings): string =>
  tunnel === undefined ? '' : hopsOf(tunnel).map(hopName).join(' ');

function tunnelSecretsOf(
  { tunnel }: ConnectionSettings,
  env: NodeJS.ProcessEnv,
): { readonly tunnelSecrets?: TunnelSecrets } {
  const secret = env[sshSecretVariable];
  if (tunnel === undefined || !secret) return {};
  return { tunnelSecrets: Object.fromEntries(hopsOf(tunnel).map((hop) => [hopName(hop), secret])) };
}

/** The value of a reply. Throws its failure. */
export function value<T>(reply: Reply<T>): T {
  if (reply.ok) return reply.value;
  throw new Failure(reply.error);
}
