import { Kbd } from '@mantine/core';
import { Spotlight, type SpotlightActionData } from '@mantine/spotlight';
import { IconSearch } from '@tabler/icons-react';
import { type Command, useProvidedCommands } from './commands.ts';
import { paletteStore } from './palette-store.ts';
import { useGlobalCommands } from './global-commands.ts';
import { useScheduleCommands } from './use-schedule-commands.tsx';

/** A server has up to some thousand read models, with several commands each: the rest is found by its name. */
const mostShown = 200;
const iconPx = 18;

/** Every screen and every action, by name. `useShortcuts` opens it. */
export function Palette() {
  const schedule = useScheduleCommands();
  const commands = byTitle([...useProvidedCommands(), ...useGlobalCommands(), ...schedule.commands]);
  const groups = [...new Set(commands.map((command) => command.group))];
  return (
    <>
      <Spotlight
        store={paletteStore}
        shortcut={null}
        attributes={{ content: { 'aria-label': 'Command palette' } }}
        highlightQuery
        scrollable
        maxHeight={420}
        limit={mostShown}
        nothingFound="No command has that name"
        searchProps={{
          leftSection: <IconSearch size={18} aria-hidden />,
          placeholder: 'What do you want to do?',
          'aria-label': 'Search commands',
        }}
        actions={groups.map((group) => ({
          group,
          actions: commands.filter((command) => command.group === group).map(toAction),
        }))}
      />
      {schedule.dialog}
    </>
  );
}

/** What a screen offers under a name comes before what every screen does. */
function byTitle(commands: readonly Command[]): readonly Command[] {
  const found = new Map<string, Command>();
  for (const command of commands) if (!found.has(command.title)) found.set(command.title, command);
  return [...found.values()];
}

function toAction(command: Command): SpotlightActionData {
  const Icon = command.icon;
  return {
    // An empty place where there is no icon: titles stand in one line.
    leftSection: Icon === undefined ? <div style={{ width: iconPx }} /> : <Icon size={iconPx} aria-hidden />,
    id: command.id,
    label: command.title,
    ...(command.description === undefined ? {} : { description: command.description }),
    keywords: [...(command.keywords ?? [])],
    ...(command.keys === undefined ? {} : { rightSection: <Kbd>{command.keys}</Kbd> }),
    onClick: () => command.run(),
  };
}
