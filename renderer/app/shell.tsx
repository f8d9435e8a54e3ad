import { Suspense, useEffect, useRef } from 'react';
import { Palette } from '../commands/palette.tsx';
import { ShortcutsDialog } from '../commands/shortcuts-dialog.tsx';
import { useShortcuts } from '../commands/use-shortcuts.ts';
import { EmptyState } from './empty-state.tsx';
import { EngineBanner } from './engine-banner.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { href, navigate, useRoute } from './router.ts';
import { screens } from './screens.ts';
import styles from './shell.module.css';
import { Sidebar } from './sidebar.tsx';
import { useFileDrop } from './use-file-drop.ts';

/** Sidebar at the left, one screen at the right; palette and shortcuts above all. */
export function Shell() {
  const route = useRoute();
  const id = route.path[0];
  const main = useRef<HTMLElement>(null);
  useShortcuts();
  // A file that misses who would take it must not replace the app.
  useFileDrop(null);

  useEffect(() => {
    if (id === undefined) navigate(`/${screens[0]?.id ?? ''}`, {}, { replace: true });
  }, [id]);

  const Screen = screens.find((screen) => screen.id === id)?.component;
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
        <ErrorBoundary resetKey={route.path.join('/')}>
          <Suspense fallback={<div className={styles.loading}>Loading …</div>}>
            {Screen !== undefined && <Screen />}
            {Screen === undefined && id !== undefined && (
              <EmptyState title="There is no such screen">
                <a href={href('/mornings')}>Go to Mornings</a>
              </EmptyState>
            )}
          </Suspense>
        </ErrorBoundary>
      </main>
      <Palette />
      <ShortcutsDialog />
    </div>
  );
}
