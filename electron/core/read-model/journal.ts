import type { ActivityEntry } from '../../../shared/model/activity-log.ts';
import type { Execution, Plan, Run } from '../../../shared/model/read-model.ts';

/**
 * What executing plans and refreshes writes down locally, before and after each step: the part of
 * `history/` that read-model code needs, as an interface, so that read-model never imports SQLite.
 */
export interface Journal {
  readonly actor: string;
  saveExecution(execution: Execution): Promise<void>;
  setPlanState(planId: string, state: Plan['state']): Promise<void>;
  saveRun(serverId: string, run: Run): Promise<void>;
  beginStatement(entry: Omit<ActivityEntry, 'entryId' | 'tookMs' | 'outcome' | 'error'>): Promise<number>;
  endStatement(
    entryId: number,
    result: { tookMs: number; outcome: ActivityEntry['outcome']; error: string | null },
  ): Promise<void>;
}
