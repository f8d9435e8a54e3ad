import {
  IconChartAreaLine,
  IconHistory,
  IconLayoutDashboard,
  IconPlugConnected,
  IconTableShortcut,
} from '@tabler/icons-react';
import { type ComponentType, lazy } from 'react';

/** A screen of the sidebar. Its folder is `screens/<id>`, loaded when it is first opened. */
export interface Screen {
  readonly id: string;
  readonly title: string;
  readonly icon: ComponentType<{ size?: number; stroke?: number; 'aria-hidden'?: boolean }>;
  /** Second key of the shortcut: g, then this. */
  readonly key: string;
  readonly component: ComponentType;
}

const folders = import.meta.glob<{ default: ComponentType }>('../screens/*/index.tsx');

const known: readonly Omit<Screen, 'component'>[] = [
  { id: 'mornings', title: 'Mornings', icon: IconChartAreaLine, key: 'm' },
  { id: 'read-models', title: 'Read models', icon: IconTableShortcut, key: 'r' },
  { id: 'dashboards', title: 'Dashboards', icon: IconLayoutDashboard, key: 'd' },
  { id: 'activity-log', title: 'Activity log', icon: IconHistory, key: 'a' },
  { id: 'connections', title: 'Connections', icon: IconPlugConnected, key: 'c' },
];

export const screens: readonly Screen[] = known.flatMap((screen) => {
  const load = folders[`../screens/${screen.id}/index.tsx`];
  return load === undefined ? [] : [{ ...screen, component: lazy(load) }];
});
