import { create } from 'zustand';
import { NoKeyError } from '../host/door.ts';
import { openDoor } from '../host/open-door.ts';
import { enterThrough } from './client.ts';
import { watchConnections } from './connections.ts';
import { watchDemo } from './demo.ts';
import { followEngine } from './engine-events.ts';
import { keepWatching } from './watch-live.ts';

interface Start {
  readonly state: 'opening' | 'open' | 'no_key' | 'failed';
  readonly message: string | null;
}

export const useStart = create<Start>(() => ({ state: 'opening', message: null }));

let started = false;

/** Opens the door, then keeps what the shell shows true. Once per page, however often it is called. */
export async function startApp(): Promise<void> {
  if (started) return;
  started = true;
  try {
    enterThrough(await openDoor(() => useStart.setState({ state: 'no_key' })));
  } catch (error) {
    if (error instanceof NoKeyError) {
      useStart.setState({ state: 'no_key' });
      return;
    }
    useStart.setState({ state: 'failed', message: error instanceof Error ? error.message : String(error) });
    return;
  }
  watchConnections();
  watchDemo();
  keepWatching();
  useStart.setState({ state: 'open' });
  await followEngine();
}
