import { create } from 'zustand';
import type {
  ConnectionSettings,
  ExecutiveScript,
  Reach,
  SamplerStatus,
  ServerSummary,
  TestStage,
} from '../../shared/model/connection.ts';
import type { ShownHostKey, TunnelSecrets } from '../../shared/model/tunnel.ts';
import type { EngineInfo } from '../../shared/model/engine.ts';
import { serverShown } from '../../shared/model/opening.ts';
import { client, unwrap, useServerSelection } from './client.ts';
import { coalesced } from './coalesced.ts';
import { onEngineEvent } from './engine-events.ts';
import { keepUnchanged } from './keep-unchanged.ts';
import { askedTunnelSecret, type Problem, problemOf } from './failure-error.ts';
import { createLoader, type Loadable, notLoaded } from './loadable.ts';

/** What the form sends: settings, and secrets that go in and never come out. */
export interface ConnectionDraft {
  readonly serverId?: string;
  readonly settings: ConnectionSettings;
  readonly password?: string;
  readonly secretId?: string;
  readonly tunnelSecrets?: TunnelSecrets;
  /** For a test: a stored connection whose SSH secrets go on being used for the servers that are still named. */
  readonly tunnelSecretsOf?: string;
}

interface ConnectionsState {
  readonly servers: Loadable<readonly ServerSummary[]>;
  readonly samplers: Readonly<Record<string, SamplerStatus>>;
  readonly info: EngineInfo | null;
  /** Why the last attempt to connect failed, by server, from wherever it was asked for. */
  readonly connectProblems: Readonly<Record<string, Problem>>;
}

export const useConnections = create<ConnectionsState>(() => ({
  servers: notLoaded,
  samplers: {},
  info: null,
  connectProblems: {},
}));

const loader = createLoader<readonly ServerSummary[]>(
  () => useConnections.getState().servers,
  (servers) => useConnections.setState({ servers }),
);

/** For a window that starts: the list before the events stand, which ask for it again. */
export function takeConnections(servers: readonly ServerSummary[]): void {
  if (useConnections.getState().servers.value !== null) return;
  useConnections.setState((state) => ({ servers: { ...state.servers, value: servers } }));
  selectOneOf(servers);
}

function selectOneOf(servers: readonly ServerSummary[]): void {
  const selection = useServerSelection.getState();
  const shown = serverShown(servers, selection.serverId)?.serverId ?? null;
  if (shown !== selection.serverId) selection.select(shown);
}

/** Asks for the list again and picks a server to look at when none, or one that is gone, is selected. */
export async function refreshConnections(): Promise<void> {
  const servers = await loader.load(async () => {
    const next = unwrap(await client().connections.list({}));
    return keepUnchanged(useConnections.getState().servers.value ?? [], next);
  });
  if (servers === null) return;
  selectOneOf(servers);
  await Promise.all(servers.filter((server) => server.state === 'connected').map((s) => refreshSampler(s.serverId)));
}

export async function refreshSampler(serverId: string): Promise<void> {
  const reply = await client().sampler.status({ serverId });
  if (!reply.ok) return;
  useConnections.setState((state) => ({ samplers: { ...state.samplers, [serverId]: reply.value } }));
}

/** Keeps the list and the samplers' figures true for as long as the page lives. */
export function watchConnections(): void {
  onEngineEvent('connections', () => {
    void refreshConnections();
    // What opening a server found (a plan that was cut off, say) is a notice of the engine.
    askInfo();
  });
  onEngineEvent('sampler', (event) => {
    if (event?.serverId !== null && event !== null) void refreshSampler(event.serverId).catch(() => undefined);
  });
}

/** A connect alone is several events. */
const askInfo = coalesced(async () => {
  const reply = await client().system.info({});
  if (reply.ok) useConnections.setState({ info: reply.value });
});

/** The server that all screens look at; null while there is none. */
export const useSelectedServer = (): ServerSummary | null => useOfSelectedServer((server) => server);

/** Something of that server: who needs no more is not drawn anew when the rest of it changes. */
export function useOfSelectedServer<T>(pick: (server: ServerSummary | null) => T): T {
  const serverId = useServerSelection((state) => state.serverId);
  return useConnections(({ servers }) => pick(servers.value?.find((server) => server.serverId === serverId) ?? null));
}

/** As `useSelectedServer`, outside of a component. */
export function selectedServer(): ServerSummary | null {
  const { serverId } = useServerSelection.getState();
  return useConnections.getState().servers.value?.find((server) => server.serverId === serverId) ?? null;
}

export async function parseConnectionText(text: string) {
  return unwrap(await client().connections.parse({ text }));
}

export async function connectionSources() {
  return unwrap(await client().connections.sources({}));
}

/** Every stage of the test. A failing stage throws a FailureError whose `detail.stages` has them all. */
export async function testConnection(draft: ConnectionDraft, signal?: AbortSignal): Promise<readonly TestStage[]> {
  const { settings, password, secretId, serverId, tunnelSecrets, tunnelSecretsOf } = draft;
  const stored = serverId !== undefined && secretId === undefined ? { serverId, password, tunnelSecrets } : null;
  const input = stored ?? { settings, password, secretId, tunnelSecrets, tunnelSecretsOf };
  return unwrap(await client().connections.test(input, { signal })).stages;
}

export async function saveConnection(draft: ConnectionDraft): Promise<ServerSummary> {
  const { tunnelSecretsOf: _, ...input } = draft;
  const saved = unwrap(await client().connections.save(input));
  await refreshConnections();
  return saved;
}

export async function connectServer(
  serverId: string,
  password?: string,
  tunnelSecrets?: TunnelSecrets,
): Promise<ServerSummary> {
  setConnectProblem(serverId, null);
  try {
    const connected = unwrap(await client().connections.connect({ serverId, password, tunnelSecrets }));
    useServerSelection.getState().select(serverId);
    await refreshConnections();
    return connected;
  } catch (error) {
    setConnectProblem(serverId, problemOf(error));
    throw error;
  }
}

function setConnectProblem(serverId: string, problem: Problem | null): void {
  const { [serverId]: _, ...others } = useConnections.getState().connectProblems;
  useConnections.setState({ connectProblems: problem === null ? others : { ...others, [serverId]: problem } });
}

/** Trusts the key of an SSH server that a person has compared. Throws FailureError. */
export async function trustHostKey(shown: ShownHostKey): Promise<void> {
  unwrap(await client().connections.trustHostKey(shown));
}

/** What was trusted of an SSH server is asked about again. Throws FailureError. */
export async function forgetHostKey({ host, port }: ShownHostKey): Promise<void> {
  unwrap(await client().connections.forgetHostKey({ host, port }));
}

/** Connects, and leads to the Connections screen when the server wants something from the person. */
export async function connectOrShowWhy(serverId: string, showWhy: (askPassword: boolean) => void): Promise<void> {
  try {
    await connectServer(serverId);
  } catch (error) {
    const problem = problemOf(error);
    showWhy(problem.code === 'login_failed' || askedTunnelSecret(problem) !== null);
  }
}

export async function disconnectServer(serverId: string): Promise<void> {
  unwrap(await client().connections.disconnect({ serverId }));
  await refreshConnections();
}

/** Forgets the connection and its history on this machine; `confirm` is the label as typed. */
export async function removeServer(serverId: string, confirm: string): Promise<void> {
  unwrap(await client().connections.remove({ serverId, confirm }));
  await refreshConnections();
}

/** Turns executive mode on or off. Throws FailureError. */
export async function setExecutive(serverId: string, executive: boolean): Promise<void> {
  unwrap(await client().connections.setExecutive({ serverId, executive }));
  await refreshConnections();
}

/** Scripts for a role that reads the stable views alone. Throws FailureError. */
export async function executiveScript(serverId: string, role: string): Promise<ExecutiveScript> {
  return unwrap(await client().connections.executiveScript({ serverId, role }));
}

/** What the connection's role can read. Throws FailureError. */
export async function readReach(serverId: string): Promise<Reach> {
  return unwrap(await client().connections.reach({ serverId }));
}
