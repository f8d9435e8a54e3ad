import type { Command } from 'commander';

/** `daybreak help …`, also within a command that has commands. Commander's own looks at one word and no further. */
export function describeHelp(command: Command): void {
  for (const each of command.commands) {
    if (each.commands.length > 0) describeHelp(each);
  }
  command
    .helpCommand(false)
    .command('help')
    .description('display help for command')
    .argument('[command...]')
    .action((path: readonly string[]) => show(command, path));
}

function show(command: Command, [name, ...rest]: readonly string[]): never {
  if (name === undefined) return command.help();
  const named = command.commands.find((each) => each.name() === name);
  return named === undefined ? command.error(`error: unknown command '${name}'`) : show(named, rest);
}
