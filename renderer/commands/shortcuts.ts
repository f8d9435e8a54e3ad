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
      { keys: ['→', '←'], text: 'Open and close a branch, in plans and lock queues' },
      { keys: ['/'], text: 'Filter, where a table has a filter' },
    ],
  },
  {
    title: 'Mornings',
    shortcuts: [
      { keys: ['Enter'], text: 'Brush a window, with the timeline focused' },
      { keys: ['←', '→'], text: 'Move the window or its edge; with Shift by ten' },
      { keys: ['+', '-'], text: 'Zoom the focused timeline; Ctrl and the wheel do, too' },
      { keys: ['[', ']'], text: 'Earlier and later on the focused timeline' },
      { keys: ['P'], text: 'Propose a read model for the focused or open finding' },
    ],
  },
];
