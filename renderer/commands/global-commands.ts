import { navigate } from '../app/router.ts';
import { connectFromHere } from '../app/connect-from-here.ts';
import { screensFor } from '../app/screens.ts';
import { useServerSelection } from '../stores/server-selection.ts';
import { disconnectServer, useConnections } from '../stores/connections.ts';
import { closeDemo, openDemo, startLoad, stopLoad, useDemo } from '../stores/demo.ts';
import { askToLeaveExecutive, isExecutive, useExecutive } from '../stores/executive.ts';
import { usePreferences } from '../stores/preferences.ts';
import type { Command } from './commands.ts';
import { openShortcuts } from './shortcuts-store.ts';

/** What can be done from everywhere: go to a screen, servers, the demo, the colours. */
export function useGlobalCommands(): readonly Command[] {
  const executive = useExecutive();
  const all = useConnections((state) => state.servers.value) ?? [];
  const servers = executive ? all.filter(isExecutive) : all;
  const selected = useServerSelection((state) => state.serverId);
  const demo = useDemo((state) => state.status);
  const { scheme, setScheme } = usePreferences();

  const go: Command[] = screensFor(executive).map((screen) => ({
    id: `go-${screen.id}`,
    title: screen.title,
    group: 'Go to',
    icon: screen.icon,
    keys: `g ${screen.key}`,
    run: () => navigate(`/${screen.id}`),
  }));

  const connections: Command[] = [
    executive
      ? { id: 'leave-executive', title: 'Leave executive mode', group: 'Servers', run: askToLeaveExecutive }
      : { id: 'add-server', title: 'Add a connection', group: 'Servers', run: () => navigate('/connections/new') },
  ];
  for (const { serverId, settings, state, capture } of servers) {
    if (serverId !== selected) {
      connections.push({
        id: `select-${serverId}`,
        title: `Look at ${settings.label}`,
        group: 'Servers',
        run: () => useServerSelection.getState().select(serverId),
      });
    }
    if (capture !== null) continue;
    if (state === 'connected') {
      connections.push({
        id: `disconnect-${serverId}`,
        title: `Disconnect ${settings.label}`,
        group: 'Servers',
        run: () => void disconnectServer(serverId).catch(() => executive || navigate('/connections')),
      });
    } else {
      connections.push({
        id: `connect-${serverId}`,
        title: `Connect ${settings.label}`,
        group: 'Servers',
        run: () => void connectFromHere(serverId, executive),
      });
    }
  }

  return [...go, ...connections, ...(executive ? [] : demoCommands(demo)), ...appearance(scheme, setScheme)];
}

function demoCommands(demo: ReturnType<typeof useDemo.getState>['status']): Command[] {
  const group = 'Demo ERP';
  const toConnections = () => navigate('/connections');
  if (demo === null || demo.state === 'closed' || demo.state === 'failed') {
    return [
      {
        id: 'demo-open',
        title: 'Open the demo ERP',
        group,
        run: () => {
          toConnections();
          void openDemo();
        },
      },
    ];
  }
  const close: Command = { id: 'demo-close', title: 'Close the demo ERP', group, run: () => void closeDemo() };
  if (demo.state !== 'open') return [close];
  const load: Command =
    demo.load === null
      ? { id: 'load-start', title: 'Start the eight o’clock load', group, run: () => void startLoad(40, 8) }
      : { id: 'load-stop', title: 'Stop the eight o’clock load', group, run: () => void stopLoad() };
  return [load, close];
}

type Preferences = ReturnType<typeof usePreferences.getState>;

function appearance(scheme: Preferences['scheme'], setScheme: Preferences['setScheme']): Command[] {
  const group = 'Appearance and help';
  const all = [
    { scheme: 'dark', title: 'Dark colours' },
    { scheme: 'light', title: 'Light colours' },
    { scheme: 'auto', title: 'Colours as the system' },
  ] as const;
  return [
    ...all
      .filter((choice) => choice.scheme !== scheme)
      .map((choice) => ({
        id: `scheme-${choice.scheme}`,
        title: choice.title,
        group,
        keywords: ['theme', 'mode'],
        run: () => setScheme(choice.scheme),
      })),
    { id: 'shortcuts', title: 'Keyboard shortcuts', group, keys: '?', run: openShortcuts },
  ];
}
