import { create } from 'zustand';
import type { ConnectionSettings, SamplerStatus, ServerSummary, TestStage } from '../../shared/model/connection.ts';
import type { EngineInfo } from '../../shared/model/engine.ts';
import { client, unwrap, useServerSelection } from './client.ts';
import { coalesced } from './coalesced.ts';
import { onEngineEvent } from './engine-events.ts';
import { type Problem, problemOf } from './failure-error.ts';
import { createLoader, type Loadable, notLoaded } from './loadable.ts';

/** What the form sends: settings, and a password that goes in and never comes out. */
export interface ConnectionDraft {
  readonly serverId?: string;
  readonly settings: ConnectionSettings;
  readonly password?: string;
  readonly secretId?: string;
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

/** Asks for the list again and picks a server to look at when none, or one that is gone, is selected. */
export async function refreshConnections(): Promise<void> {
  const servers = await loader.load(async () => unwrap(await client().connections.list({})));
  if (servers === null) return;
  const selection = useServerSelection.getState();
  if (!servers.some((server) => server.serverId === selection.serverId)) {
    const pick = servers.find((server) => server.state === 'connected') ?? servers[0];
    selection.select(pick?.serverId ?? null);
  }
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
export function useSelectedServer(): ServerSummary | null {
  const serverId = useServerSelection((state) => state.serverId);
  return useConnections((state) => state.servers.value?.find((server) => server.serverId === serverId) ?? null);
}

export async function parseConnectionText(text: string) {
  return unwrap(await client().connections.parse({ text }));
}

export async function connectionSources() {
  return unwrap(await client().connections.sources({}));
}

/** Every stage of the test. A failing stage throws a FailureError whose `detail.stages` has them all. */
export async function testConnection(draft: ConnectionDraft, signal?: AbortSignal): Promise<readonly TestStage[]> {
  const { settings, password, secretId, serverId } = draft;
  const stored = serverId !== undefined && password === undefined && secretId === undefined ? { serverId } : null;
  return unwrap(await client().connections.test(stored ?? { settings, password, secretId }, { signal })).stages;
}

export async function saveConnection(draft: ConnectionDraft): Promise<ServerSummary> {
  const saved = unwrap(await client().connections.save({ ...draft }));
  await refreshConnections();
  return saved;
}

export async function connectServer(serverId: string, password?: string): Promise<ServerSummary> {
  setConnectProblem(serverId, null);
  try {
    const connected = unwrap(await client().connections.connect({ serverId, password }));
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

/** Connects, and leads to the Connections screen when the server wants something from the person. */
export async function connectOrShowWhy(serverId: string, showWhy: (askPassword: boolean) => void): Promise<void> {
  try {
    await connectServer(serverId);
  } catch (error) {
    showWhy(problemOf(error).code === 'login_failed');
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
