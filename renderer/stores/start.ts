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

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** The shell is drawn without what was asked for ahead, where an engine takes longer. */
const patienceMs = 250;

/** The engine can be asked. */
export interface Entered {
  /** Resolves when what was asked for ahead is answered, or could not be. */
  readonly answered: Promise<void>;
}

/**
 * Opens the door, once per page, and calls `askAhead` as soon as the engine can be asked. Null: it cannot, which `useStart`
 * says.
 */
export async function enter(askAhead: () => Promise<void>): Promise<Entered | null> {
  try {
    enterThrough(await openDoor(() => useStart.setState({ state: 'no_key' })));
  } catch (error) {
    if (error instanceof NoKeyError) useStart.setState({ state: 'no_key' });
    else useStart.setState({ state: 'failed', message: error instanceof Error ? error.message : String(error) });
    return null;
  }
  return { answered: askAhead().catch(() => undefined) };
}

/**
 * Shows the shell, and keeps what it shows true. The answers to what was asked for ahead are few milliseconds away, and
 * drawing before them would keep them waiting. `screenLoaded`: when the code of the first screen is there, which is then
 * drawn at once.
 */
export async function startApp(entering: Promise<Entered | null>, screenLoaded: Promise<void>): Promise<void> {
  const entered = await entering;
  if (entered === null) return;
  watchConnections();
  watchDemo();
  keepWatching();
  await Promise.all([screenLoaded, Promise.race([entered.answered, wait(patienceMs)])]);
  useStart.setState({ state: 'open' });
  // What was asked for ahead is being drawn; events, and what they make stores ask again, come after it.
  await whenIdle();
  void followAlertNotices();
  await followEngine();
}
