import { useEffect, useRef } from 'react';
import { isTyping } from './use-shortcuts.ts';

/** Single keys of the open screen, by `event.key`. Never while somebody types, or while a dialog or menu is open. */
export function useKeys(keys: Readonly<Record<string, () => void>>): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    let afterGo = false;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
      // The second key of "g a" is a place to go to.
      const second = afterGo;
      afterGo = event.key === 'g';
      if (second || document.querySelector('[role="dialog"], [role="menu"]') !== null) return;
      const run = latest.current[event.key];
      if (run === undefined) return;
      event.preventDefault();
      run();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
