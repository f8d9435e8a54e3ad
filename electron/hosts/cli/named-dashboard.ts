import type { ServerSummary } from '../../../shared/model/connection.ts';
import type { Dashboard } from '../../../shared/model/dashboard.ts';
import { Failure } from '../../../shared/model/failure.ts';
import type { EngineClient } from '../profile/engine-client.ts';
import { value } from './known-server.ts';

export interface NamedDashboard {
  readonly dashboard: Dashboard;
  /** Whose it is: a server, or a pack that was opened from a file. */
  readonly owner: ServerSummary;
}

export const isPack = ({ capture }: ServerSummary): boolean => capture?.contents === 'dashboards';

/**
 * By id or title, on the one server that has it; where none has, in the one opened pack. Throws `not_found` where there
 * is none or are several.
 */
export async function namedDashboard(
  client: EngineClient,
  name: string,
  server: string | undefined,
): Promise<NamedDashboard> {
  const named = value(await client.connections.list({})).filter(
    ({ serverId, settings }) => server === undefined || server === serverId || server === settings.label,
  );
  const owners = [named.filter(({ capture }) => capture === null), named.filter(isPack)];
  if (owners.flat().length === 0) throw noOwner(server);
  const all: NamedDashboard[] = [];
  for (const some of owners) {
    const theirs = await dashboardsOf(client, some);
    const found = theirs.filter(({ dashboard: { dashboardId, title } }) => dashboardId === name || title === name);
    const [only, another] = found;
    if (another !== undefined) throw several(name, found);
    if (only !== undefined) return only;
    all.push(...theirs);
  }
  throw none(name, all);
}

async function dashboardsOf(client: EngineClient, owners: readonly ServerSummary[]): Promise<NamedDashboard[]> {
  const all: NamedDashboard[] = [];
  for (const owner of owners) {
    const dashboards = value(await client.dashboards.list({ serverId: owner.serverId }));
    all.push(...dashboards.map((dashboard) => ({ dashboard, owner })));
  }
  return all;
}

function noOwner(server: string | undefined): Failure {
  const named = server === undefined ? '' : ` ${JSON.stringify(server)}`;
  return new Failure({
    code: 'not_found',
    message: `This profile knows no server and no pack${named}. \`daybreak call connections.list\` shows those it knows.`,
  });
}

function none(name: string, all: readonly NamedDashboard[]): Failure {
  const titles = [...new Set(all.map(({ dashboard }) => dashboard.title))];
  const known = titles.length === 0 ? 'None is stored here.' : `There are: ${titles.join(', ')}.`;
  return new Failure({ code: 'not_found', message: `There is no dashboard ${JSON.stringify(name)}. ${known}` });
}

function several(name: string, found: readonly NamedDashboard[]): Failure {
  const names = found.map(({ dashboard, owner }) => `${dashboard.dashboardId} of ${owner.settings.label}`).join(', ');
  return new Failure({
    code: 'not_found',
    message: `Several dashboards are called ${JSON.stringify(name)}: give an id (${names}) or a --server.`,
  });
}
