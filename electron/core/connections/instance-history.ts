import type { ConnectionSettings, ServerFacts } from '../../../shared/model/connection.ts';
import type {
  ConnectionStore,
  ExperimentStore,
  ExplainedStore,
  History,
  SampleStore,
  StoredConnection,
} from '../history/history.ts';
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

/** The connections of one instance, and the one among them that has its history. */
interface Family {
  readonly owner: string;
  readonly members: readonly string[];
}

/** Every method of these stores names its server first. */
type ByServer = Readonly<Record<string, (serverId: string, ...rest: never[]) => Promise<unknown>>>;

/**
 * The store, in which the connections to the databases of one instance have one history: statistics and activity are
 * the instance's, and counted twice they would be wrong. It is the history of the connection that has the newest one;
 * where none has any, of the one that was entered first. Experiments and explained plans are about its statements, and
 * so they are shared too; those that another connection stored before it was known as one of the instance are found.
 */
export function withInstanceHistory(store: History): History {
  /** By instance: decided once, so that no history moves while the engine runs. */
  const decided = new Map<string, string>();
  let families = new Map<string, Promise<Family>>();

  const decide = async (serverId: string): Promise<Family> => {
    const connections = await store.connections.list();
    const connection = connections.find((each) => each.serverId === serverId);
    const key = connection === undefined ? null : keyOf(connection);
    if (key === null) return { owner: serverId, members: [serverId] };
    const members = connections.filter((each) => keyOf(each) === key).map((each) => each.serverId);
    const before = decided.get(key);
    if (before !== undefined && members.includes(before)) return { owner: before, members };
    const owner = members.length === 1 ? serverId : await newest(members, store.samples);
    decided.set(key, owner);
    return { owner, members };
  };
  const familyOf = (serverId: string): Promise<Family> => {
    const known = families.get(serverId);
    if (known !== undefined) return known;
    const found = decide(serverId);
    families.set(serverId, found);
    found.catch(() => families.delete(serverId));
    return found;
  };
  const ownerOf = async (serverId: string): Promise<string> => (await familyOf(serverId)).owner;
  const changing =
    <A extends unknown[], R>(change: (...values: A) => Promise<R>) =>
    async (...values: A): Promise<R> => {
      try {
        return await change(...values);
      } finally {
        families = new Map();
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
  const experiments = sharedExperiments(store.experiments, familyOf);
  const explained = sharedPlans(store.explained, familyOf);
  return { ...store, connections, samples, openFindings, experiments, explained, usage };
}

type FamilyOf = (serverId: string) => Promise<Family>;

/** Asks every connection of the family; what they answer carries the id of the one that was asked about. */
async function ofMembers<T extends { readonly serverId: string }>(
  familyOf: FamilyOf,
  serverId: string,
  read: (member: string) => Promise<readonly T[]>,
): Promise<T[]> {
  const { members } = await familyOf(serverId);
  const found = await Promise.all(members.map(read));
  return found.flat().map((one) => ({ ...one, serverId }));
}

const sharedExperiments = (store: ExperimentStore, familyOf: FamilyOf): ExperimentStore => ({
  async list(serverId) {
    const all = await ofMembers(familyOf, serverId, (member) => store.list(member));
    return all.toSorted((a, b) => b.createdAtMs - a.createdAtMs);
  },
  save: async (record) => store.save({ ...record, serverId: (await familyOf(record.serverId)).owner }),
});

const sharedPlans = (store: ExplainedStore, familyOf: FamilyOf): ExplainedStore => ({
  async list(serverId, fingerprint, limit) {
    const all = await ofMembers(familyOf, serverId, (member) => store.list(member, fingerprint, limit));
    return all.toSorted((a, b) => b.takenAtMs - a.takenAtMs).slice(0, limit);
  },
  async get(serverId, explainId) {
    const [found] = await ofMembers(familyOf, serverId, async (member) => {
      const stored = await store.get(member, explainId);
      return stored === null ? [] : [stored];
    });
    return found ?? null;
  },
  save: async (serverId, fingerprint, explained) => {
    const { owner } = await familyOf(serverId);
    return store.save(owner, fingerprint, { ...explained, serverId: owner });
  },
  sampledTexts: async (serverId, fingerprint) => store.sampledTexts((await familyOf(serverId)).owner, fingerprint),
});

async function newest(family: readonly string[], samples: SampleStore): Promise<string> {
  const extents = await Promise.all(
    family.map(async (serverId) => ({ serverId, toMs: (await samples.extent(serverId))?.toMs ?? 0 })),
  );
  return extents.reduce((best, each) => (each.toMs > best.toMs ? each : best)).serverId;
}
