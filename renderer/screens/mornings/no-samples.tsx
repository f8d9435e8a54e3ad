import { Button } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { EmptyState } from '../../app/empty-state.tsx';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { navigate } from '../../app/router.ts';
import { useConnections, useSelectedServer } from '../../stores/connections.ts';
import { problemOf, type Problem } from '../../stores/failure-error.ts';
import { readNow } from '../../stores/mornings.ts';

/** Nothing is stored yet: says when the first numbers will be there, or what keeps them away. */
export function NoSamples({ serverId }: { readonly serverId: string }): ReactNode {
  const server = useSelectedServer();
  const sampler = useConnections((state) => state.samplers[serverId] ?? null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);

  if (server?.state !== 'connected') {
    return (
      <EmptyState
        title="No samples yet"
        actions={<Button onClick={() => navigate('/connections')}>Go to Connections</Button>}
      >
        Daybreak looks at a server only while it is connected, and this one is not. Nothing is stored from earlier.
      </EmptyState>
    );
  }
  const sampleNow = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await readNow(serverId);
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  const live = sampler?.mode === 'incident';
  return (
    <>
      <EmptyState
        title="No samples yet"
        actions={
          <Button onClick={() => void sampleNow()} loading={busy}>
            Look now
          </Button>
        }
      >
        {sampler?.problem ??
          `The first look at the server’s activity comes within ${live ? 'a second' : '5 seconds'}; latency needs two ` +
            `snapshots and is there after about ${live ? '10 seconds' : 'a minute'}. This page fills by itself.`}
      </EmptyState>
      {problem !== null && <FailureNotice problem={problem} />}
    </>
  );
}
