import { Button } from '@mantine/core';
import { useState } from 'react';
import { detachFromAgent } from '../stores/agent.ts';
import { useConnections } from '../stores/connections.ts';
import { problemOf } from '../stores/failure-error.ts';
import styles from './shell.module.css';

/** Says that all screens show the engine of another machine, as long as they do. */
export function AgentBanner() {
  const attached = useConnections((state) => state.info?.attached);
  const [problem, setProblem] = useState<string | null>(null);
  if (attached === undefined) return null;
  const detach = () => {
    setProblem(null);
    detachFromAgent().catch((error: unknown) => setProblem(problemOf(error).message));
  };
  return (
    <div role="status" className={`${styles.banner} ${styles.attached}`}>
      <span className={styles.bannerText}>
        <strong>Attached to the agent at {attached.to}.</strong>{' '}
        {problem ?? 'Connections, history and plans are those of that agent; what you change is changed there.'}
      </span>
      {attached.canDetach && (
        <Button size="compact-sm" onClick={detach}>
          Back to this machine
        </Button>
      )}
    </div>
  );
}
