import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import { navigate } from '../../app/router.ts';
import { loadDashboards, putOnDashboard, useDashboards } from '../../stores/dashboards.ts';
import { type Problem, problemOf } from '../../stores/failure-error.ts';
import { dashboardReading } from './model-facts.ts';

/** The dashboard on which a read model is shown already; undefined while the dashboards are not known. */
export function useDashboardReading(serverId: string, readModel: string): string | null | undefined {
  useEffect(() => void loadDashboards(serverId), [serverId]);
  return useDashboards((state) =>
    state.serverId !== serverId || state.dashboards.value === null
      ? undefined
      : dashboardReading(state.dashboards.value, readModel),
  );
}

export const openDashboard = (dashboardId: string): void => navigate(`/dashboards/${encodeURIComponent(dashboardId)}`);

interface PutOnDashboardProps {
  readonly server: ServerSummary;
  readonly readModel: string;
  readonly size?: 'sm' | 'compact-sm';
  readonly onProblem: (problem: Problem | null) => void;
}

/** Makes a widget of a read model and goes to it; goes there at once when a dashboard shows it already. */
export function PutOnDashboard({ server, readModel, size = 'sm', onProblem }: PutOnDashboardProps) {
  const { serverId } = server;
  const [busy, setBusy] = useState(false);
  const shownOn = useDashboardReading(serverId, readModel);
  const connected = server.state === 'connected';

  const put = async () => {
    setBusy(true);
    onProblem(null);
    try {
      openDashboard(await putOnDashboard(serverId, readModel));
    } catch (error) {
      onProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };

  if (typeof shownOn === 'string') {
    return (
      <Button size={size} onClick={() => openDashboard(shownOn)}>
        Show on its dashboard
      </Button>
    );
  }
  return (
    <Button
      size={size}
      loading={busy}
      disabled={!connected || shownOn === undefined}
      title={connected ? 'As a table of all its columns, with its age' : 'The server is not connected'}
      onClick={() => void put()}
    >
      Put on a dashboard
    </Button>
  );
}
