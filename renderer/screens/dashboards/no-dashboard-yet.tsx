import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import { EmptyState } from '../../app/empty-state.tsx';
import { askToLeaveExecutive } from '../../stores/executive.ts';

/** In executive mode there is nothing here that could make one. */
export function NoDashboardYet({ server }: { readonly server: ServerSummary }): ReactNode {
  return (
    <EmptyState
      title="No dashboards for this server"
      actions={<Button onClick={askToLeaveExecutive}>Leave executive mode</Button>}
    >
      Nobody has made a dashboard for {server.settings.label} yet. Whoever looks after Daybreak makes one outside of
      executive mode.
    </EmptyState>
  );
}
