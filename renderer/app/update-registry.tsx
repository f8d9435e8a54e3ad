import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { planUpdateRegistry } from '../stores/lifecycle.ts';
import { Notice } from './notice.tsx';
import { navigate } from './router.ts';
import { useAction } from './use-action.ts';

/** Leads to the plan that brings an older registry up to date: it shows each statement, and asks before any runs. */
export function UpdateRegistry({ serverId }: { readonly serverId: string }): ReactNode {
  const { busy, problem, run } = useAction();
  const plan = async () => navigate(`/read-models/plan/${(await planUpdateRegistry(serverId)).planId}`);
  return (
    <>
      <Button size="compact-sm" variant="filled" loading={busy !== null} onClick={() => void run('plan', plan)}>
        Bring it up to date …
      </Button>
      {problem !== null && (
        <Notice tone="bad" title="It could not be planned">
          {problem.message}
        </Notice>
      )}
    </>
  );
}
