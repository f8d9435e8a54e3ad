import { useState } from 'react';
import type { ScheduledModelView } from '../../../shared/model/schedule-view.ts';
import { type OfferedAction, offeredActions } from '../../app/offered-actions.ts';
import { useAction } from '../../app/use-action.ts';
import type { Problem } from '../../stores/failure-error.ts';
import { refreshNow, useReadModels } from '../../stores/read-models.ts';
import { askForRefresh, cancelRun, pauseSchedule, resumeSchedule, type SeenSchedule } from '../../stores/schedule.ts';

export interface ModelAction {
  readonly id: string;
  readonly title: string;
  readonly run: () => void;
}

export interface ModelActions {
  /** What can be done with a read model now. */
  readonly of: (model: ScheduledModelView) => readonly ModelAction[];
  readonly refresh: (model: ScheduledModelView) => void;
  readonly pause: (readModel: string, why: string) => Promise<void>;
  readonly resume: (readModel: string) => void;
  /** Of what is under way: 'refresh sales'. */
  readonly busy: string | null;
  readonly problem: Problem | null;
  /** Read model whose pause wants a reason; null: none does. */
  readonly pausing: string | null;
  readonly askWhy: (readModel: string | null) => void;
}

/** Refresh now, cancel, pause and resume, from table and drawer alike. The palette has them on every screen. */
export function useModelActions(serverId: string, seen: SeenSchedule): ModelActions {
  const { busy, problem, run } = useAction();
  // A refresh in this engine keeps its failure under the name of its read model.
  const refreshProblem = useReadModels((state) => Object.values(state.refreshProblems)[0] ?? null);
  const [pausing, setPausing] = useState<string | null>(null);
  const somebodyRefreshes = seen.runners.some(({ state }) => state === 'reports');
  const refresh = ({ readModel }: ScheduledModelView) =>
    void run(`refresh ${readModel}`, () =>
      // Without a runner nobody would take the wish: then this engine does it itself, at once.
      somebodyRefreshes ? askForRefresh(serverId, readModel) : refreshNow(serverId, readModel),
    );
  const resume = (readModel: string) => void run(`resume ${readModel}`, () => resumeSchedule(serverId, readModel));
  const cancel = (readModel: string, runId: string) =>
    void run(`cancel ${readModel}`, () => cancelRun(serverId, readModel, runId));
  const act = (model: ScheduledModelView, action: OfferedAction): void => {
    switch (action.kind) {
      case 'refresh':
        return refresh(model);
      case 'cancel':
        return cancel(model.readModel, action.runId);
      case 'pause':
        return setPausing(model.readModel);
      case 'resume':
        return resume(model.readModel);
    }
  };
  return {
    refresh,
    resume,
    busy,
    problem: problem ?? refreshProblem,
    pausing,
    askWhy: setPausing,
    pause: async (readModel, why) => {
      await pauseSchedule(serverId, readModel, why);
      setPausing(null);
    },
    of: (model) =>
      offeredActions(model).map((action) => ({
        id: `${action.kind}-${model.readModel}`,
        title: action.title,
        run: () => act(model, action),
      })),
  };
}
