import { Suspense, useEffect, useRef } from 'react';
import { Palette } from '../commands/palette.tsx';
import { ShortcutsDialog } from '../commands/shortcuts-dialog.tsx';
import { useShortcuts } from '../commands/use-shortcuts.ts';
import { useExecutive, useModeKnown } from '../stores/executive.ts';
import { AlertToasts } from './alert-toasts.tsx';
import { AgentBanner } from './agent-banner.tsx';
import { EmptyState } from './empty-state.tsx';
import { EngineBanner } from './engine-banner.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { ExecutiveDialogs, HiddenScreen } from './executive-mode.tsx';
import { useLocalTimeZone } from './local-time-zone.ts';
import { href, navigate, useRoute } from './router.ts';
import { screens, screensFor } from './screens.ts';
import styles from './shell.module.css';
import { Sidebar } from './sidebar.tsx';
import { StoreBanner } from './store-banner.tsx';
import { useFileDrop } from './use-file-drop.ts';
import { WhenIdle } from './when-idle.tsx';

/** Sidebar at the left, one screen at the right; palette and shortcuts above all. */
export function Shell() {
  const route = useRoute();
  const id = route.path[0];
  const executive = useExecutive();
  const modeKnown = useModeKnown();
  const main = useRef<HTMLElement>(null);
  useShortcuts();
  // A laptop that crosses a border: every time on the screen is told by the new clock.
  useLocalTimeZone();
  // A file that misses who would take it must not replace the app.
  useFileDrop(null);

  useEffect(() => {
    if (id === undefined && modeKnown) navigate(`/${screensFor(executive)[0]?.id ?? ''}`, {}, { replace: true });
  }, [id, executive, modeKnown]);

  const screen = screens.find((one) => one.id === id);
  const hidden = screen !== undefined && !screensFor(executive).includes(screen);
  const Screen = screen?.component;
  const toMain = (event: React.MouseEvent) => {
    event.preventDefault();
    main.current?.focus();
  };

  return (
    <div className={styles.shell}>
      <a href="#main" className={styles.skip} onClick={toMain}>
        Skip to the content
      </a>
      <Sidebar />
      <main id="main" ref={main} tabIndex={-1} className={styles.main}>
        <EngineBanner />
        <StoreBanner />
        <AgentBanner />
        <ErrorBoundary resetKey={route.path.join('/')}>
          <Suspense fallback={<div className={styles.loading}>Loading …</div>}>
            {id === undefined && <div className={styles.loading}>Loading …</div>}
            {Screen !== undefined && !hidden && <Screen />}
            {screen !== undefined && hidden && <HiddenScreen title={screen.title} />}
            {Screen === undefined && id !== undefined && (
              <EmptyState title="There is no such screen">
                <a href={href(`/${screensFor(executive)[0]?.id ?? ''}`)}>Go to {screensFor(executive)[0]?.title}</a>
              </EmptyState>
            )}
          </Suspense>
        </ErrorBoundary>
      </main>
      <WhenIdle>
        <Palette />
        <ShortcutsDialog />
        <ExecutiveDialogs />
      </WhenIdle>
      <AlertToasts />
    </div>
  );
}
