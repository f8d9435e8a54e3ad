import type { ComponentType } from 'react';
import { create } from 'zustand';

/** Something that a person can do, from the palette. Screens add theirs while they are open. */
export interface Command {
  readonly id: string;
  readonly title: string;
  readonly group: string;
  readonly description?: string;
  readonly keywords?: readonly string[];
  readonly icon?: ComponentType<{ size?: number; 'aria-hidden'?: boolean }>;
  /** Shown beside it, e.g. 'g m'. */
  readonly keys?: string;
  run(): void;
}

const useCommandSets = create<{ readonly sets: ReadonlyMap<string, readonly Command[]> }>(() => ({ sets: new Map() }));

/** Adds commands under an owner's name (replacing its earlier ones). Returns how to take them away. */
export function provideCommands(owner: string, commands: readonly Command[]): () => void {
  useCommandSets.setState(({ sets }) => ({ sets: new Map(sets).set(owner, commands) }));
  return () =>
    useCommandSets.setState(({ sets }) => {
      const next = new Map(sets);
      next.delete(owner);
      return { sets: next };
    });
}

export function useProvidedCommands(): readonly Command[] {
  const sets = useCommandSets((state) => state.sets);
  return [...sets.values()].flat();
}
