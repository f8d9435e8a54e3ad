import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { EmptyState } from './empty-state.tsx';
import { Page } from './page.tsx';
import { navigate } from './router.ts';

interface CaptureStateProps {
  /** The screen's title. */
  readonly title: string;
  /** Why the screen has nothing for a capture, one sentence. */
  readonly children: ReactNode;
}

/** A screen that is about a running server, while somebody looks at a capture: nothing failed, it is the wrong place. */
export function CaptureState({ title, children }: CaptureStateProps): ReactNode {
  return (
    <Page title={title}>
      <EmptyState
        title="This is a capture"
        actions={
          <Button variant="filled" onClick={() => navigate('/mornings')}>
            Go to its morning
          </Button>
        }
      >
        {children}
      </EmptyState>
    </Page>
  );
}
