import { useHotkeys } from '@mantine/hooks';
import { useEffect } from 'react';
import { navigate } from '../app/router.ts';
import { screensFor } from '../app/screens.ts';
import { isExecutive } from '../stores/executive.ts';
import { selectedServer } from '../stores/connections.ts';
import { openPalette } from './palette-store.ts';
import { openShortcuts } from './shortcuts-store.ts';

const secondKeyMs = 1200;

/**
 * Global keys: Ctrl/Cmd+K for the palette, wherever somebody is; `?` for the list, `g` and a letter for a screen, `/` for
 * the filter, never while somebody types.
 */
export function useShortcuts(): void {
  useHotkeys([['mod + K', openPalette]], []);
  useEffect(() => {
    let goUntilMs = 0;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
      if (event.key === '?') {
        openShortcuts();
      } else if (event.key === '/') {
        const filter = document.querySelector<HTMLInputElement>('[data-filter]');
        if (filter === null) return;
        filter.focus();
      } else if (event.key === 'g') {
        goUntilMs = event.timeStamp + secondKeyMs;
        return;
      } else if (event.timeStamp < goUntilMs) {
        goUntilMs = 0;
        const screen = screensFor(isExecutive(selectedServer())).find((one) => one.key === event.key);
        if (screen === undefined) return;
        navigate(`/${screen.id}`);
      } else {
        return;
      }
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

/** A key pressed here is text, not a command. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable="true"]') !== null;
}
