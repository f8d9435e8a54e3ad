import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const boundsSchema = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });
const stateSchema = z.object({ bounds: boundsSchema, maximized: z.boolean() });

export type Bounds = z.infer<typeof boundsSchema>;
/** Where the window was when it was closed. */
export type WindowState = z.infer<typeof stateSchema>;

/** Null: never stored, unreadable, or on a screen that is not there any more. */
export function readWindowState(file: string, workAreas: readonly Bounds[]): WindowState | null {
  try {
    const state = stateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    return workAreas.some((area) => reachable(state.bounds, area)) ? state : null;
  } catch {
    // A lost position is not worth a word.
    return null;
  }
}

export function writeWindowState(file: string, state: WindowState): void {
  writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
}

/** Enough of the title bar lies on the screen to take hold of it. */
const graspPx = 80;

function reachable(window: Bounds, area: Bounds): boolean {
  const widthPx = Math.min(window.x + window.width, area.x + area.width) - Math.max(window.x, area.x);
  return widthPx >= graspPx && window.y >= area.y && window.y <= area.y + area.height - graspPx;
}
