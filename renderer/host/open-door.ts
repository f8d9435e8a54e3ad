import { openBrowserDoor } from './browser-door.ts';
import { openDesktopDoor } from './desktop-door.ts';
import type { Door } from './door.ts';

/**
 * Picks the transport once at start. `onKeyRefused` is told when the engine does not know this window's key any more.
 * Throws `NoKeyError` when the window never had one.
 */
export function openDoor(onKeyRefused: () => void): Promise<Door> {
  return window.daybreak?.door === 'desktop' ? openDesktopDoor() : openBrowserDoor(onKeyRefused);
}
