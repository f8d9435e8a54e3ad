import { create } from 'zustand';
import type { Plan, ReadModel, RefreshMode, Run } from '../../shared/model/read-model.ts';
import { client, unwrap } from './client.ts';
import { onEngineEvent } from './engine-events.ts';
import { type Problem, problemOf } from './failure-error.ts';
import { createLoader, type Loadable, notLoaded } from './loadable.ts';

export interface ReadModelDetail {
  readonly readModel: ReadModel;
  readonly runs: readonly Run[];
  /** What the next refresh would be, and why. */
  readonly nextRefresh?: { readonly mode: RefreshMode; readonly reason: string } | null | undefined;
}

/** A refresh that this window asked for. */
export interface AskedRefresh {
  readonly startedAtMs: number;
  readonly cancelling: boolean;
}

interface ReadModelsState {
  /** The server whose read models these are. */
  readonly serverId: string | null;
  readonly list: Loadable<readonly ReadModel[]>;
  readonly plans: Loadable<readonly Plan[]>;
  readonly name: string | null;
  readonly detail: Loadable<ReadModelDetail>;
  readonly refreshes: Readonly<Record<string, AskedRefresh>>;
  /** Why the last refresh of a read model failed, by name. */
  readonly refreshProblems: Readonly<Record<string, Problem>>;
}

export const useReadModels = create<ReadModelsState>(() => ({
  serverId: null,
  list: notLoaded,
  plans: notLoaded,
  name: null,
  detail: notLoaded,
  refreshes: {},
  refreshProblems: {},
}));

const { getState: read, setState: write } = useReadModels;
const listLoader = createLoader<readonly ReadModel[]>(
  () => read().list,
  (list) => write({ list }),
);
const planLoader = createLoader<readonly Plan[]>(
  () => read().plans,
  (plans) => write({ plans }),
);
const detailLoader = createLoader<ReadModelDetail>(
  () => read().detail,
  (detail) => write({ detail }),
);

function enterServer(serverId: string): void {
  if (read().serverId === serverId) return;
  write({ serverId, name: null, refreshes: {}, refreshProblems: {} });
  listLoader.reset();
  planLoader.reset();
  detailLoader.reset();
}

/** Shows the read models and plans of a server, and keeps them true until the returned function is called. */
export function watchReadModels(serverId: string): () => void {
  enterServer(serverId);
  const reload = () => void refreshReadModels(serverId);
  reload();
  return stopAll(
    onEngineEvent('read_models', (event) => concerns(event, serverId) && reload()),
    onEngineEvent('connections', (event) => concerns(event, serverId) && reload()),
    onEngineEvent('execution', (event) => concerns(event, serverId) && void refreshPlans(serverId)),
  );
}

/** Shows one read model, and keeps it true until the returned function is called. */
export function watchReadModel(serverId: string, name: string): () => void {
  enterServer(serverId);
  if (read().name !== name) {
    write({ name });
    detailLoader.reset();
  }
  const reload = () => void refreshDetail(serverId, name);
  reload();
  return stopAll(
    onEngineEvent('read_models', (event) => concerns(event, serverId) && reload()),
    onEngineEvent('connections', (event) => concerns(event, serverId) && reload()),
  );
}

export async function refreshReadModels(serverId: string): Promise<void> {
  await Promise.all([
    listLoader.load(async () => unwrap(await client().readModels.list({ serverId }))),
    refreshPlans(serverId),
  ]);
}

async function refreshPlans(serverId: string): Promise<void> {
  await planLoader.load(async () => unwrap(await client().readModels.plans({ serverId })));
}

export async function refreshDetail(serverId: string, name: string): Promise<void> {
  await detailLoader.load(async () => unwrap(await client().readModels.get({ serverId, name })));
}

/** How the read model is refreshed from now on; null: Daybreak chooses. Throws what the engine refuses. */
export async function setRefreshMode(serverId: string, name: string, mode: RefreshMode | null): Promise<void> {
  unwrap(await client().readModels.setRefreshMode({ serverId, name, mode }));
  await refreshDetail(serverId, name);
}

/**
 * Runs one refresh now and resolves when it ended; its failure is kept under the name. `periods: 'all'`: closed periods
 * are verified, too.
 */
export async function refreshNow(serverId: string, name: string, periods?: 'all'): Promise<void> {
  setRefresh(name, { startedAtMs: Date.now(), cancelling: false });
  setProblem(name, null);
  try {
    const run = unwrap(await client().readModels.refresh({ serverId, name, periods }));
    if (run.state === 'failed' && run.error !== null) {
      setProblem(name, {
        code: 'server_error',
        message: run.error,
        retryable: true,
        sqlstate: run.sqlstate ?? undefined,
      });
    }
  } catch (error) {
    setProblem(name, problemOf(error));
  } finally {
    setRefresh(name, null);
    if (read().serverId === serverId) {
      void refreshReadModels(serverId);
      if (read().name === name) void refreshDetail(serverId, name);
    }
  }
}

export async function cancelRefresh(serverId: string, name: string): Promise<void> {
  const running = read().refreshes[name];
  if (running !== undefined) setRefresh(name, { ...running, cancelling: true });
  try {
    unwrap(await client().readModels.cancelRefresh({ serverId, name }));
  } catch (error) {
    setProblem(name, problemOf(error));
  }
}

function setRefresh(name: string, refresh: AskedRefresh | null): void {
  const { [name]: _, ...others } = read().refreshes;
  write({ refreshes: refresh === null ? others : { ...others, [name]: refresh } });
}

function setProblem(name: string, problem: Problem | null): void {
  const { [name]: _, ...others } = read().refreshProblems;
  write({ refreshProblems: problem === null ? others : { ...others, [name]: problem } });
}

/** Null is the resync after a reconnect; an event without a server concerns every one. */
function concerns(event: { readonly serverId: string | null } | null, serverId: string): boolean {
  return event === null || event.serverId === null || event.serverId === serverId;
}

const stopAll =
  (...stops: readonly (() => void)[]) =>
  () =>
    stops.forEach((stop) => stop());
