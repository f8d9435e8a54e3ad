import { Button } from '@mantine/core';
import { useState } from 'react';
import { useConnections } from '../stores/connections.ts';
import styles from './shell.module.css';

/**
 * Says on every screen, an executive's too, when the local store is not what it was: numbers that lost their history, or
 * that nobody keeps, must not look as they do on other days. The first can be put away, the second goes on.
 */
export function StoreBanner() {
  const store = useConnections(({ info }) => info?.store ?? null);
  const [read, setRead] = useState(false);
  if (store === null || store.notice === null || (store.kept && read)) return null;
  return (
    <div role="status" className={styles.banner}>
      <span className={styles.bannerText}>
        <strong>{store.kept ? 'The local store was begun anew.' : 'Nothing is kept now.'}</strong> {store.notice}
      </span>
      {store.kept && (
        <Button size="compact-sm" onClick={() => setRead(true)}>
          I have read it
        </Button>
      )}
    </div>
  );
}
