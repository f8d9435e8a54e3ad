import { Button, Menu } from '@mantine/core';
import { IconChevronDown, type Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useCommands } from '../commands/use-commands.ts';

export interface FilesMenuEntry {
  readonly id: string;
  readonly title: string;
  readonly icon: Icon;
  readonly disabled: boolean;
  readonly run: () => void;
}

interface FilesMenuProps {
  readonly label: string;
  readonly icon?: Icon;
  /** Of its commands in the palette, which begin their ids with it. */
  readonly group: string;
  readonly widthPx: number;
  readonly entries: readonly FilesMenuEntry[];
}

/** What is stored, and what leaves or arrives as a file: a menu, and the same in the palette. */
export function FilesMenu({ label, icon: LabelIcon, group, widthPx, entries }: FilesMenuProps): ReactNode {
  useCommands(
    `files-${group}`,
    entries
      .filter(({ disabled }) => !disabled)
      .map(({ id, title, icon, run }) => ({ id: `${group.toLowerCase()}-${id}`, title, icon, group, run })),
  );
  return (
    <Menu position="bottom-end" shadow="md" width={widthPx}>
      <Menu.Target>
        <Button
          leftSection={LabelIcon === undefined ? undefined : <LabelIcon size={16} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          {label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {entries.map(({ id, title, icon: EntryIcon, disabled, run }) => (
          <Menu.Item key={id} leftSection={<EntryIcon size={16} aria-hidden />} disabled={disabled} onClick={run}>
            {title} …
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
