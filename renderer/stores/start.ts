import { create } from 'zustand';
import { NoKeyError } from '../host/door.ts';
import { openDoor } from '../host/open-door.ts';
import { followAlertNotices } from './alert-notices.ts';
import { enterThrough } from './client.ts';
import { watchConnections } from './connections.ts';
import { watchDemo } from './demo.ts';
import { followEngine } from './engine-events.ts';
import { keepWatching } from './watch-live.ts';
import { whenIdle } from './when-idle.ts';

interface Start {
  readonly state: 'opening' | 'open' | 'no_key' | 'failed';
  readonly message: string | null;
}

export const useStart = create<Start>(() => ({ state: 'opening', message: null }));

let started = false;
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** The shell is drawn without what was asked for ahead, where an engine takes longer. */
const patienceMs = 250;

/**
 * Opens the door, then keeps what the shell shows true. Once per page, however often it is called. `askAhead`: as soon as
 * the engine can be asked; its answers are few milliseconds away, and drawing before them would keep them waiting.
 * `loadScreen`: resolves when the code of the first screen is there, which is then drawn at once.
 */
export async function startApp(askAhead: () => Promise<void>, loadScreen: () => Promise<void>): Promise<void> {
  if (started) return;
  started = true;
  const opening = openDoor(() => useStart.setState({ state: 'no_key' }));
  const screenLoaded = loadScreen();
  try {
    enterThrough(await opening);
  } catch (error) {
    if (error instanceof NoKeyError) {
      useStart.setState({ state: 'no_key' });
      return;
    }
    useStart.setState({ state: 'failed', message: error instanceof Error ? error.message : String(error) });
    return;
  }
  const answered = askAhead().catch(() => undefined);
  watchConnections();
  watchDemo();
  keepWatching();
  await Promise.all([screenLoaded, Promise.race([answered, wait(patienceMs)])]);
  useStart.setState({ state: 'open' });
  // What was asked for ahead is being drawn; events, and what they make stores ask again, come after it.
  await whenIdle();
  void followAlertNotices();
  await followEngine();
}
