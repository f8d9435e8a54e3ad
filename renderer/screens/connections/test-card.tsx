import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { TestStage } from '../../../shared/model/connection.ts';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { Card } from '../../app/page.tsx';
import { type ConnectionDraft, testConnection } from '../../stores/connections.ts';
import { type Problem, problemOf } from '../../stores/failure-error.ts';
import styles from './connections.module.css';
import { stagesOf } from './stages.ts';
import { TestStages } from './test-stages.tsx';

interface TestCardProps {
  /** True when the form can be sent; shows its errors otherwise. */
  readonly isReady: () => boolean;
  readonly draft: () => ConnectionDraft;
}

/** Tries the connection stage by stage. Creates nothing. */
export function TestCard({ isReady, draft }: TestCardProps) {
  const [running, setRunning] = useState<AbortController | null>(null);
  const [stages, setStages] = useState<readonly TestStage[]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const current = useRef<AbortController | null>(null);
  useEffect(() => () => current.current?.abort(), []);

  const test = async () => {
    if (!isReady()) return;
    const controller = new AbortController();
    current.current = controller;
    setRunning(controller);
    setProblem(null);
    try {
      setStages(await testConnection(draft(), controller.signal));
    } catch (error) {
      if (controller.signal.aborted) return;
      const found = problemOf(error);
      setStages(stagesOf(found));
      setProblem(found);
    } finally {
      setRunning(null);
    }
  };

  const button =
    running === null ? (
      <Button size="compact-sm" onClick={() => void test()}>
        Test
      </Button>
    ) : (
      <Button size="compact-sm" onClick={() => running.abort()}>
        Cancel the test
      </Button>
    );
  const warnings = stages.filter((stage) => stage.outcome === 'warning').length;
  return (
    <Card title="Test" aside={button} className={styles.beside}>
      <div role="status" aria-live="polite" className="db-dim">
        {running !== null && 'Testing …'}
        {running === null && stages.length === 0 && problem === null && (
          <>
            Looks up the name, opens TCP and TLS, logs in, and reads version, rights and extensions. It creates nothing
            on the server.
          </>
        )}
        {running === null && problem === null && stages.length > 0 && summary(warnings)}
      </div>
      {problem !== null && (
        <FailureNotice
          problem={problem}
          {...(problem.code === 'host_key_unknown' ? { onRetry: () => void test() } : {})}
        />
      )}
      {stages.length > 0 && (
        <div style={{ marginTop: 12, opacity: running === null ? 1 : 0.5 }}>
          <TestStages stages={stages} />
        </div>
      )}
    </Card>
  );
}

function summary(warnings: number): string {
  if (warnings === 0) return 'Everything that Daybreak needs is there.';
  return warnings === 1 ? 'It connects, with one thing missing.' : `It connects, with ${warnings} things missing.`;
}
