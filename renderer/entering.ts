import { askAhead } from './app/ask-ahead.ts';
import { enter } from './stores/start.ts';

/** Begun before anything else of the window, which the engine's answers do not wait for. */
export const entering = enter(askAhead);
