import { Group, Kbd, Modal, SimpleGrid, Stack, Text } from '@mantine/core';
import { useExecutive } from '../stores/executive.ts';
import { shortcutGroupsFor } from './shortcuts.ts';
import { closeShortcuts, useShortcutsDialog } from './shortcuts-store.ts';

export function ShortcutsDialog() {
  const { opened } = useShortcutsDialog();
  const executive = useExecutive();
  return (
    <Modal
      opened={opened}
      onClose={closeShortcuts}
      title="Keyboard shortcuts"
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xl">
        {shortcutGroupsFor(executive).map((group) => (
          <Stack key={group.title} gap={6}>
            <Text fw={650}>{group.title}</Text>
            {group.shortcuts.map((shortcut) => (
              <Group key={shortcut.text} justify="space-between" wrap="nowrap">
                <Text size="sm">{shortcut.text}</Text>
                <Group gap={4} wrap="nowrap">
                  {shortcut.keys.map((key) => (
                    <Kbd key={key}>{key}</Kbd>
                  ))}
                </Group>
              </Group>
            ))}
          </Stack>
        ))}
      </SimpleGrid>
    </Modal>
  );
}
