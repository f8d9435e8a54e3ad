import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { EmptyState } from './empty-state.tsx';
import { Page } from './page.tsx';
import { navigate } from './router.ts';
import { useSelectedServer } from '../stores/connections.ts';

interface CaptureStateProps {
  /** The screen's title. */
  readonly title: string;
  /** Why the screen has nothing for a capture, one sentence. */
  readonly children: ReactNode;
}

/** A screen that is about a running server, while somebody looks at a capture: nothing failed, it is the wrong place. */
export function CaptureState({ title, children }: CaptureStateProps): ReactNode {
  const isPack = useSelectedServer()?.capture?.contents === 'dashboards';
  return (
    <Page title={title}>
      <EmptyState
        title={isPack ? 'These are dashboards out of a file' : 'This is a capture'}
        actions={
          <Button variant="filled" onClick={() => navigate(isPack ? '/dashboards' : '/mornings')}>
            {isPack ? 'Go to its dashboards' : 'Go to its morning'}
          </Button>
        }
      >
        {isPack ? 'A pack holds dashboards and their saved numbers, and nothing else of the server.' : children}
      </EmptyState>
    </Page>
  );
}
