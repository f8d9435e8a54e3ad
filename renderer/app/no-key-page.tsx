import { EmptyState } from './empty-state.tsx';
import styles from './shell.module.css';

/** Behind the browser door: a tab that never had, or no longer has, the key of the running engine. */
export function NoKeyPage() {
  return (
    <main className={styles.lonely}>
      <EmptyState title="This window has no key">
        Open Daybreak again with the address that <code>daybreak serve</code> printed. Each address works once; a new
        start of the engine prints a new one.
      </EmptyState>
    </main>
  );
}
