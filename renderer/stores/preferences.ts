import type { MantineColorScheme, MantineColorSchemeManager } from '@mantine/core';
import { create } from 'zustand';

const schemeKey = 'daybreak-color-scheme';

interface Preferences {
  /** 'auto' follows the system. */
  readonly scheme: MantineColorScheme;
  setScheme(scheme: MantineColorScheme): void;
}

export const usePreferences = create<Preferences>((set) => ({
  scheme: readScheme(),
  setScheme: (scheme) => {
    localStorage.setItem(schemeKey, scheme);
    set({ scheme });
  },
}));

function readScheme(): MantineColorScheme {
  const kept = localStorage.getItem(schemeKey);
  return kept === 'light' || kept === 'dark' ? kept : 'auto';
}

/** Lets Mantine read and write the colour scheme here, so that palette, sidebar and Mantine never disagree. */
export function preferredScheme(): MantineColorSchemeManager {
  let stop: (() => void) | null = null;
  return {
    get: () => usePreferences.getState().scheme,
    set: (scheme) => usePreferences.getState().setScheme(scheme),
    subscribe: (onUpdate) => {
      stop = usePreferences.subscribe((state, before) => {
        if (state.scheme !== before.scheme) onUpdate(state.scheme);
      });
    },
    unsubscribe: () => stop?.(),
    clear: () => usePreferences.getState().setScheme('auto'),
  };
}
