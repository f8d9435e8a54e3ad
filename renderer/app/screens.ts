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
  readonly icon: ComponentType<{ size?: number; 'aria-hidden'?: boolean }>;
  /** Second key of the shortcut: g, then this. */
  readonly key: string;
  readonly component: ComponentType;
}

export const screens: readonly Screen[] = [
  {
    id: 'mornings',
    title: 'Mornings',
    icon: IconChartAreaLine,
    key: 'm',
    component: lazy(() => import('../screens/mornings/index.tsx')),
  },
  {
    id: 'read-models',
    title: 'Read models',
    icon: IconTableShortcut,
    key: 'r',
    component: lazy(() => import('../screens/read-models/index.tsx')),
  },
  {
    id: 'dashboards',
    title: 'Dashboards',
    icon: IconLayoutDashboard,
    key: 'd',
    component: lazy(() => import('../screens/dashboards/index.tsx')),
  },
  {
    id: 'activity-log',
    title: 'Activity log',
    icon: IconHistory,
    key: 'a',
    component: lazy(() => import('../screens/activity-log/index.tsx')),
  },
  {
    id: 'connections',
    title: 'Connections',
    icon: IconPlugConnected,
    key: 'c',
    component: lazy(() => import('../screens/connections/index.tsx')),
  },
];
