import type { SshHop, TunnelSettings } from './tunnel.ts';

/** In the order in which they are passed; the last one opens the connections. */
export const hopsOf = ({ jumps, host, port, user, auth }: TunnelSettings): readonly SshHop[] => [
  ...jumps,
  { host, port, user, auth },
];

/** 'host:port', or '[address]:port' for IPv6. */
export const hostAndPort = ({ host, port }: Pick<SshHop, 'host' | 'port'>): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** 'user@host:port': what a hop's secret is kept under, so that it is never tried on another server. */
export const hopName = (hop: Pick<SshHop, 'user' | 'host' | 'port'>): string => `${hop.user}@${hostAndPort(hop)}`;
