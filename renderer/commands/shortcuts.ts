import { screensFor } from '../app/screens.ts';
import { modKey } from './mod-key.ts';

export interface Shortcut {
  readonly keys: readonly string[];
  readonly text: string;
}
export interface ShortcutGroup {
  readonly title: string;
  readonly shortcuts: readonly Shortcut[];
}

const mornings: ShortcutGroup = {
  title: 'Mornings',
  shortcuts: [
    { keys: ['Enter'], text: 'Brush a window, with the timeline focused' },
    { keys: ['←', '→'], text: 'Move the window or its edge; with Shift by ten' },
    { keys: ['+', '-'], text: 'Zoom the focused timeline; Ctrl and the wheel do, too' },
    { keys: ['[', ']'], text: 'Earlier and later on the focused timeline' },
    { keys: ['P'], text: 'Propose a read model for the focused or open finding' },
  ],
};

const schedule: ShortcutGroup = {
  title: 'Schedule',
  shortcuts: [
    { keys: ['Enter'], text: 'Select the focused planned run; again to apply where it was moved' },
    { keys: ['←', '→'], text: 'Move the selected run by 15 minutes; with Shift by an hour' },
    { keys: ['f'], text: 'Refresh the read model of the focused row now' },
    { keys: ['p', 'r'], text: 'Pause and resume it' },
  ],
};

const dashboards: ShortcutGroup = {
  title: 'Dashboards',
  shortcuts: [
    { keys: ['a'], text: 'Add a widget' },
    { keys: ['e'], text: 'Arrange the widgets' },
    { keys: ['↑', '↓', '←', '→'], text: 'Move the focused widget while arranging; with Shift resize it' },
    { keys: ['Enter'], text: 'Edit the focused widget while arranging' },
    { keys: ['Delete'], text: 'Remove it' },
    { keys: [modKey, 'Z'], text: 'Take the last change of the grid back' },
  ],
};

/** What the `?` dialog lists. An executive has no use for the keys of screens that are hidden. */
export const shortcutGroupsFor = (executive: boolean): readonly ShortcutGroup[] => [
  {
    title: 'Everywhere',
    shortcuts: [
      { keys: [`${modKey} K`], text: 'Command palette' },
      { keys: ['?'], text: 'This list' },
      { keys: ['Esc'], text: 'Close a dialog or drawer' },
      ...screensFor(executive).map((screen) => ({ keys: ['g', screen.key], text: screen.title })),
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
  ...(executive ? [] : [mornings, schedule, dashboards]),
];
