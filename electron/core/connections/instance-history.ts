import type { ConnectionSettings, ServerFacts } from '../../../shared/model/connection.ts';
import type { ConnectionStore, History, SampleStore, StoredConnection } from '../history/history.ts';
import type { OpenFindingStore } from '../history/open-finding-store.ts';

/**
 * What tells instances apart: PostgreSQL's own identifier, which a primary shares with its replicas, and the address.
 * null where the server does not tell it: behind a pooler one address may lead to several servers.
 */
export function instanceKey(
  { host, port }: Pick<ConnectionSettings, 'host' | 'port'>,
  facts: Pick<ServerFacts, 'systemIdentifier' | 'inRecovery'> | null,
): string | null {
  if (facts === null || facts.systemIdentifier === null) return null;
  return `${facts.systemIdentifier}@${host.toLowerCase()}:${port}/${facts.inRecovery ? 'replica' : 'primary'}`;
}

const keyOf = ({ settings, lastFacts }: StoredConnection): string | null => instanceKey(settings, lastFacts);

/** Every method of these stores names its server first. */
type ByServer = Readonly<Record<string, (serverId: string, ...rest: never[]) => Promise<unknown>>>;

/**
 * The store, in which the connections to the databases of one instance have one history: statistics and activity are
 * the instance's, and counted twice they would be wrong. It is the history of the connection that has the newest one;
 * where none has any, of the one that was entered first.
 */
export function withInstanceHistory(store: History): History {
  /** By instance: decided once, so that no history moves while the engine runs. */
  const decided = new Map<string, string>();
  let owners = new Map<string, Promise<string>>();

  const decide = async (serverId: string): Promise<string> => {
    const connections = await store.connections.list();
    const connection = connections.find((each) => each.serverId === serverId);
    const key = connection === undefined ? null : keyOf(connection);
    if (key === null) return serverId;
    const family = connections.filter((each) => keyOf(each) === key).map((each) => each.serverId);
    const before = decided.get(key);
    if (before !== undefined && family.includes(before)) return before;
    const owner = family.length === 1 ? serverId : await newest(family, store.samples);
    decided.set(key, owner);
    return owner;
  };
  const ownerOf = (serverId: string): Promise<string> => {
    const known = owners.get(serverId);
    if (known !== undefined) return known;
    const found = decide(serverId);
    owners.set(serverId, found);
    found.catch(() => owners.delete(serverId));
    return found;
  };
  const changing =
    <A extends unknown[], R>(change: (...values: A) => Promise<R>) =>
    async (...values: A): Promise<R> => {
      try {
        return await change(...values);
      } finally {
        owners = new Map();
      }
    };

  const connections: ConnectionStore = {
    ...store.connections,
    async sharing(serverId) {
      if ((await ownerOf(serverId)) !== serverId || (await store.samples.extent(serverId)) === null) return [];
      const all = await store.connections.list();
      const own = all.find((each) => each.serverId === serverId);
      const key = own === undefined ? null : keyOf(own);
      return key === null ? [] : all.filter((each) => each.serverId !== serverId && keyOf(each) === key);
    },
    save: changing(store.connections.save),
    remove: changing(store.connections.remove),
  };
  const ofOwner = (methods: ByServer): unknown =>
    Object.fromEntries(
      Object.entries(methods).map(([name, method]) => [
        name,
        async (serverId: string, ...rest: never[]) => method(await ownerOf(serverId), ...rest),
      ]),
    );
  const samples = ofOwner({ ...store.samples }) as SampleStore;
  const openFindings = ofOwner({ ...store.openFindings }) as OpenFindingStore;
  const usage = async (serverId: string) => ({ ...(await store.usage(await ownerOf(serverId))), serverId });
  return { ...store, connections, samples, openFindings, usage };
}

async function newest(family: readonly string[], samples: SampleStore): Promise<string> {
  const extents = await Promise.all(
    family.map(async (serverId) => ({ serverId, toMs: (await samples.extent(serverId))?.toMs ?? 0 })),
  );
  return extents.reduce((best, each) => (each.toMs > best.toMs ? each : best)).serverId;
}
