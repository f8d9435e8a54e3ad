import { useEffect, useRef } from 'react';
import { type Command, provideCommands } from './commands.ts';

/** A screen's own commands, in the palette for as long as the screen is open. Names decide when they are renewed. */
export function useCommands(owner: string, commands: readonly Command[]): void {
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
  });
  const names = commands.map((command) => `${command.id} ${command.title}`).join('\n');
  useEffect(
    () =>
      provideCommands(
        owner,
        latest.current.map((command, index) => ({ ...command, run: () => latest.current[index]?.run() })),
      ),
    [owner, names],
  );
}
