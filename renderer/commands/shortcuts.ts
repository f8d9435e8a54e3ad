import { screens } from '../app/screens.ts';
import { modKey } from './mod-key.ts';

export interface Shortcut {
  readonly keys: readonly string[];
  readonly text: string;
}
export interface ShortcutGroup {
  readonly title: string;
  readonly shortcuts: readonly Shortcut[];
}

/** What the `?` dialog lists. */
export const shortcutGroups: readonly ShortcutGroup[] = [
  {
    title: 'Everywhere',
    shortcuts: [
      { keys: [`${modKey} K`], text: 'Command palette' },
      { keys: ['?'], text: 'This list' },
      { keys: ['Esc'], text: 'Close a dialog or drawer' },
      ...screens.map((screen) => ({ keys: ['g', screen.key], text: screen.title })),
    ],
  },
  {
    title: 'Tables',
    shortcuts: [
      { keys: ['↑', '↓'], text: 'Move between rows' },
      { keys: ['Home', 'End'], text: 'First and last row' },
      { keys: ['Enter'], text: 'Open the row' },
      { keys: ['/'], text: 'Filter, where a table has a filter' },
    ],
  },
  {
    title: 'Mornings',
    shortcuts: [
      { keys: ['←', '→'], text: 'Move the brushed window' },
      { keys: ['P'], text: 'Propose a read model for the focused or open finding' },
    ],
  },
];
