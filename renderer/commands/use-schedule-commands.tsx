import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useSpotlight } from '@mantine/spotlight';
import { type ReactNode, useEffect, useState } from 'react';
import type { ScheduledModelView } from '../../shared/model/schedule-view.ts';
import { type OfferedAction, offeredActions } from '../app/offered-actions.ts';
import { PauseDialog } from '../app/pause-dialog.tsx';
import { parseRoute } from '../app/route.ts';
import { useOfSelectedServer } from '../stores/connections.ts';
import { isExecutive } from '../stores/executive.ts';
import { problemOf } from '../stores/failure-error.ts';
import { refreshNow, useReadModels } from '../stores/read-models.ts';
import {
  askForRefresh,
  cancelRun,
  dismissScheduleTold,
  lookAtSchedule,
  pauseSchedule,
  resumeSchedule,
  useSchedule,
  type ScheduleTold,
} from '../stores/schedule.ts';
import type { Command } from './commands.ts';
import { paletteStore } from './palette-store.ts';

export interface ScheduleCommands {
  readonly commands: readonly Command[];
  /** Asks why, where a pause was chosen. */
  readonly dialog: ReactNode;
}

/**
 * Refresh now, cancel, pause and resume of every read model of the selected server, from whichever screen. They are asked
 * for once each time the palette opens.
 */
export function useScheduleCommands(): ScheduleCommands {
  const serverId = useOfSelectedServer((server) =>
    server !== null && server.state === 'connected' && server.capture === null && !isExecutive(server)
      ? server.serverId
      : null,
  );
  const { opened } = useSpotlight(paletteStore);
  useEffect(() => {
    if (opened && serverId !== null) void lookAtSchedule(serverId);
  }, [opened, serverId]);
  const seen = useSchedule((state) => (state.serverId === serverId ? state.overview.value : null));
  const [pausing, setPausing] = useState<string | null>(null);
  useTold();

  if (serverId === null || seen?.registry.state !== 'ready') return { commands: [], dialog: null };
  const somebodyRefreshes = seen.runners.some(({ state }) => state === 'reports');
  const act = (readModel: string, action: OfferedAction): void => {
    switch (action.kind) {
      case 'refresh':
        return tried(() => (somebodyRefreshes ? askForRefresh(serverId, readModel) : refreshHere(serverId, readModel)));
      case 'cancel':
        return tried(() => cancelRun(serverId, readModel, action.runId));
      case 'resume':
        return tried(() => resumeSchedule(serverId, readModel));
      case 'pause':
        return setPausing(readModel);
    }
  };
  const commandsOf = (model: ScheduledModelView): Command[] =>
    offeredActions(model).map((action) => ({
      id: `${action.kind}-${model.readModel}`,
      title: `${action.title}: ${model.readModel}`,
      group: 'Schedule',
      run: () => act(model.readModel, action),
    }));
  const dialog = (
    <PauseDialog
      readModel={pausing}
      onPause={async (readModel, why) => {
        await pauseSchedule(serverId, readModel, why);
        setPausing(null);
      }}
      onClose={() => setPausing(null)}
    />
  );
  return { commands: seen.models.flatMap(commandsOf), dialog };
}

/** Without a runner nobody would take the wish: then this engine does it itself, at once. */
async function refreshHere(serverId: string, readModel: string): Promise<void> {
  const id = `refresh ${serverId} ${readModel}`;
  const closeButtonProps = { 'aria-label': 'Close' };
  notifications.show({
    id,
    title: `${readModel} is being refreshed …`,
    message: null,
    loading: true,
    autoClose: false,
  });
  await refreshNow(serverId, readModel);
  const problem = useReadModels.getState().refreshProblems[readModel];
  notifications.update({
    id,
    loading: false,
    autoClose: problem === undefined ? passesAfterMs : false,
    closeButtonProps,
    title: problem === undefined ? `${readModel} was refreshed.` : `${readModel} was not refreshed.`,
    message: problem?.message ?? null,
    color: problem === undefined ? 'var(--db-good)' : 'var(--db-danger)',
  });
}

function tried(work: () => Promise<void>): void {
  void work().catch((error: unknown) => showProblem(error));
}

function showProblem(error: unknown): void {
  const { message, action } = problemOf(error);
  notifications.show({
    title: message,
    message: action ?? null,
    color: 'var(--db-danger)',
    autoClose: false,
    closeButtonProps: { 'aria-label': 'Close' },
  });
}

const passesAfterMs = 8_000;

/** What was done, and the way back, wherever the Schedule screen does not say it. */
function useTold(): void {
  useEffect(
    () =>
      useSchedule.subscribe(({ told }, before) => {
        const onSchedule = parseRoute(location.hash).path[0] === 'schedule';
        if (told !== null && told !== before.told && !onSchedule) show(told);
      }),
    [],
  );
}

/** One at a time, so that nobody takes back what was changed again since. */
let shown: string | null = null;

function show({ text, undo }: ScheduleTold): void {
  if (shown !== null) notifications.hide(shown);
  const id = crypto.randomUUID();
  shown = id;
  const onDone = () => {
    notifications.hide(id);
    dismissScheduleTold();
  };
  notifications.show({
    id,
    title: text,
    message: undo === null ? null : <Undo undo={undo} onDone={onDone} />,
    autoClose: passesAfterMs,
    closeButtonProps: { 'aria-label': 'Close' },
  });
}

function Undo({ undo, onDone }: { readonly undo: () => Promise<void>; readonly onDone: () => void }): ReactNode {
  return (
    <Button size="compact-xs" onClick={() => tried(() => undo().then(onDone))}>
      Undo
    </Button>
  );
}
