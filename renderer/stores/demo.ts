import { create } from 'zustand';
import type { DemoStatus } from '../../shared/model/demo.ts';
import { client, unwrap, useServerSelection } from './client.ts';
import { refreshConnections } from './connections.ts';
import { onEngineEvent } from './engine-events.ts';
import { type Problem, problemOf } from './failure-error.ts';

interface DemoState {
  readonly status: DemoStatus | null;
  readonly problem: Problem | null;
}

export const useDemo = create<DemoState>(() => ({ status: null, problem: null }));

const pollMs = 1000;
let timer: ReturnType<typeof setTimeout> | null = null;

/** Keeps the demo's state true; while something moves (opening, load) its figures are asked for every second. */
export function watchDemo(): void {
  onEngineEvent('demo', () => void refresh());
}

async function refresh(): Promise<void> {
  await change(() => client().demo.status({}));
}

type Call = () => ReturnType<ReturnType<typeof client>['demo']['status']>;

async function change(call: Call): Promise<void> {
  try {
    accept(unwrap(await call()));
  } catch (error) {
    useDemo.setState({ problem: problemOf(error) });
  }
}

function accept(status: DemoStatus): void {
  const before = useDemo.getState().status;
  useDemo.setState({ status, problem: null });
  if (before?.state === 'opening' && status.state === 'open' && status.serverId !== null) {
    useServerSelection.getState().select(status.serverId);
    void refreshConnections();
  }
  if (timer !== null) clearTimeout(timer);
  timer = null;
  if (isMoving(status)) timer = setTimeout(() => void refresh(), pollMs);
}

const isMoving = ({ state, load }: DemoStatus) => state === 'opening' || state === 'closing' || load !== null;

/** Without a scale: in the size that it has. */
export const openDemo = (scale?: number) => change(() => client().demo.open({ scale }));
export const closeDemo = () => change(() => client().demo.close({}));
export const startLoad = (ratePerSecond: number, managers: number) =>
  change(() => client().demo.startLoad({ ratePerSecond, managers }));
export const stopLoad = () => change(() => client().demo.stopLoad({}));
