import { askAhead } from './app/ask-ahead.ts';
import { enter } from './stores/start.ts';

/**
 * The first of the window's code to run: the page has it in a file of its own, which is there long before React and the
 * charts are, and the engine answers meanwhile. What it imports should be little.
 */
export const entering = enter(askAhead);
