import {
  IconCalendarClock,
  IconBell,
  IconChartAreaLine,
  IconHistory,
  IconLayoutDashboard,
  IconPlugConnected,
  IconTableShortcut,
} from '@tabler/icons-react';
import { type ComponentType, createElement, lazy, useState } from 'react';

/** A screen of the sidebar. Its folder is `screens/<id>`, loaded when it is first opened. */
export interface Screen {
  readonly id: string;
  readonly title: string;
  readonly icon: ComponentType<{ size?: number; 'aria-hidden'?: boolean }>;
  /** Second key of the shortcut: g, then this. */
  readonly key: string;
  readonly component: ComponentType;
  /** Loads its code before it is opened. Resolves also when it cannot be loaded: that is said when it is opened. */
  preload(): Promise<void>;
}

/**
 * What is loaded is drawn with what is around it. Whatever React has to wait for it shows 300 ms later at the earliest, if
 * it has shown a fallback in its place (`FALLBACK_THROTTLE_MS`), and that is a quarter of a start.
 */
function loadedBy(load: () => Promise<{ readonly default: ComponentType }>): Pick<Screen, 'component' | 'preload'> {
  let loaded: ComponentType | null = null;
  const loadAndKeep = async () => {
    const module = await load();
    loaded = module.default;
    return module;
  };
  const awaited = lazy(loadAndKeep);
  return {
    component: function LoadedScreen() {
      const [shown] = useState<ComponentType>(() => loaded ?? awaited);
      return createElement(shown);
    },
    preload: () =>
      loadAndKeep().then(
        () => undefined,
        () => undefined,
      ),
  };
}

/** What an executive sees. */
const executiveScreens: ReadonlySet<string> = new Set(['dashboards']);

/** The screens of a window, in or out of executive mode. The first is the one that it opens on. */
export const screensFor = (executive: boolean): readonly Screen[] =>
  executive ? screens.filter(({ id }) => executiveScreens.has(id)) : screens;

export const screens: readonly Screen[] = [
  {
    id: 'mornings',
    title: 'Mornings',
    icon: IconChartAreaLine,
    key: 'm',
    ...loadedBy(() => import('../screens/mornings/index.tsx')),
  },
  {
    id: 'read-models',
    title: 'Read models',
    icon: IconTableShortcut,
    key: 'r',
    ...loadedBy(() => import('../screens/read-models/index.tsx')),
  },
  {
    id: 'schedule',
    title: 'Schedule',
    icon: IconCalendarClock,
    key: 's',
    ...loadedBy(() => import('../screens/schedule/index.tsx')),
  },
  {
    id: 'dashboards',
    title: 'Dashboards',
    icon: IconLayoutDashboard,
    key: 'd',
    ...loadedBy(() => import('../screens/dashboards/index.tsx')),
  },
  {
    id: 'alerts',
    title: 'Alerts',
    icon: IconBell,
    key: 'w',
    ...loadedBy(() => import('../screens/alerts/index.tsx')),
  },
  {
    id: 'activity-log',
    title: 'Activity log',
    icon: IconHistory,
    key: 'a',
    ...loadedBy(() => import('../screens/activity-log/index.tsx')),
  },
  {
    id: 'connections',
    title: 'Connections',
    icon: IconPlugConnected,
    key: 'c',
    ...loadedBy(() => import('../screens/connections/index.tsx')),
  },
];
