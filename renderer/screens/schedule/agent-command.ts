import type { ConnectionSettings } from '../../../shared/model/connection.ts';

type Address = Pick<ConnectionSettings, 'host' | 'port' | 'database' | 'user' | 'tlsMode'>;

/** What starts an agent for a server. No password: it comes from a passfile or from PGPASSWORD. */
export function agentCommand({ host, port, database, user, tlsMode }: Address): string {
  const isSocket = host.startsWith('/');
  const place = isSocket ? '' : `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const params = [
    ...(isSocket ? [`host=${encodeURIComponent(host)}`, `port=${port}`] : []),
    ...(isSocket ? [] : [`sslmode=${tlsMode}`]),
  ];
  const url = `postgresql://${encodeURIComponent(user)}@${place}/${encodeURIComponent(database)}?${params.join('&')}`;
  return `daybreak agent --url '${url.replaceAll("'", '%27')}'`;
}
