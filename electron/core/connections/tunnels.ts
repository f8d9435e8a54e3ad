import type { ConnectionSettings } from '../../../shared/model/connection.ts';
import { isFailure } from '../../../shared/model/failure.ts';
import { hopName, hopsOf, type SshHop, type TunnelSecrets, type TunnelSettings } from '../../../shared/model/tunnel.ts';
import type { Ports } from '../ports.ts';
import { hostKeyFiles, hostKeys } from '../tunnel/host-keys.ts';
import { openTunnel, type Tunnel, type TunnelContext } from '../tunnel/open-tunnel.ts';
import { agentOf } from '../tunnel/sign-in.ts';
import { tunnelFrom } from '../tunnel/ssh-address.ts';
import { readSshConfig } from '../tunnel/ssh-config.ts';

/** Under the hop's whole name: after an edit, a secret is never tried on another server. */
export const tunnelSecretKey = (serverId: string, hop: SshHop): string => `ssh:${serverId}:${hopName(hop)}`;

const hopsIn = ({ tunnel }: ConnectionSettings): readonly SshHop[] => (tunnel === undefined ? [] : hopsOf(tunnel));

/** What this profile opens tunnels with. `serverId` null: of a connection that is not stored yet. */
export function tunnelContext(ports: Ports, serverId: string | null, typed: TunnelSecrets): TunnelContext {
  return {
    hostKeys: hostKeys(hostKeyFiles(ports.paths.profileDir)),
    agent: agentOf(process.env),
    async secretOf(hop) {
      const now = typed[hopName(hop)];
      if (now !== undefined && now !== '') return now;
      return serverId === null ? null : ports.secrets.get(tunnelSecretKey(serverId, hop));
    },
  };
}

/** The tunnel of a stored connection, open; null where it needs none. Throws the failures of `openTunnel`. */
export async function openServerTunnel(
  ports: Ports,
  serverId: string,
  settings: ConnectionSettings,
  typed: TunnelSecrets,
): Promise<Tunnel | null> {
  if (settings.tunnel === undefined) return null;
  return openTunnel(settings.tunnel, tunnelContext(ports, serverId, typed));
}

/** Keeps what was typed for the hops of the settings; those of other servers are not theirs to keep. */
export async function keepTunnelSecrets(
  { secrets }: Ports,
  serverId: string,
  settings: ConnectionSettings,
  typed: TunnelSecrets,
): Promise<void> {
  for (const hop of hopsIn(settings)) {
    const secret = typed[hopName(hop)];
    if (secret !== undefined && secret !== '') await secrets.set(tunnelSecretKey(serverId, hop), secret);
  }
}

/** Forgets the secrets of hops that are in `before` and not in `after`. */
export async function forgetTunnelSecrets(
  { secrets }: Ports,
  serverId: string,
  before: ConnectionSettings,
  after: ConnectionSettings | null,
): Promise<void> {
  const kept = new Set(after === null ? [] : hopsIn(after).map(hopName));
  for (const hop of hopsIn(before)) {
    if (!kept.has(hopName(hop))) await secrets.remove(tunnelSecretKey(serverId, hop));
  }
}

/** Names of the hops of which a secret is kept; undefined without a tunnel. */
export async function keptTunnelSecrets(
  { secrets }: Ports,
  serverId: string,
  settings: ConnectionSettings,
): Promise<string[] | undefined> {
  if (settings.tunnel === undefined) return undefined;
  const names: string[] = [];
  for (const hop of hopsIn(settings)) {
    // A keychain that refuses one entry must not hide the list of connections.
    const secret = await secrets.get(tunnelSecretKey(serverId, hop)).catch(() => null);
    if (secret !== null) names.push(hopName(hop));
  }
  return names;
}

/** Hosts of ~/.ssh/config as tunnels; those that cannot be one are not offered, and asking for them says why. */
export function configuredTunnels(): { name: string; tunnel: TunnelSettings }[] {
  const config = readSshConfig();
  return config.names.flatMap((name) => {
    try {
      return [{ name, tunnel: tunnelFrom({ ssh: name }, config) }];
    } catch (error) {
      if (!isFailure(error)) throw error;
      return [];
    }
  });
}
