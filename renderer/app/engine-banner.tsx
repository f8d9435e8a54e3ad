import { Button } from '@mantine/core';
import { useEngineLink } from '../stores/engine-events.ts';
import { countdown } from './server-facts.ts';
import styles from './shell.module.css';
import { useNow } from './use-now.ts';

/** Says that the engine behind this window is gone, and when it is tried again. What is on the screen stays. */
export function EngineBanner() {
  const { state, retryAtMs, retryNow } = useEngineLink();
  const nowMs = useNow(1000);
  if (state !== 'lost') return null;
  return (
    <div role="status" className={styles.banner}>
      <span className={styles.bannerText}>
        <strong>Daybreak’s engine is gone.</strong> What you see is the last state.{' '}
        {retryAtMs !== null && <>Next attempt in {countdown(retryAtMs - nowMs)}.</>}
      </span>
      <Button size="compact-sm" onClick={retryNow}>
        Try now
      </Button>
    </div>
  );
}
