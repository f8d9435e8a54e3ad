import { EmptyState } from './empty-state.tsx';
import styles from './shell.module.css';

/** Behind the browser door: a tab that never had, or no longer has, the key of the running engine. */
export function NoKeyPage() {
  return (
    <main className={styles.lonely}>
      <EmptyState title="This window has no key">
        Each address that Daybreak prints opens one window. For another one, press Enter in the terminal where it runs,
        or run <code>daybreak serve</code> again: the engine goes on as it is.
      </EmptyState>
    </main>
  );
}
