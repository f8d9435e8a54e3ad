import type { History } from '../history/history.ts';
import type { Ports } from '../ports.ts';
import type { Journal } from './journal.ts';

/** Writes into the local history what plans and refreshes do, under the name of whoever runs this engine. */
export function journalIn({ plans, activity }: History, { actor }: Ports): Journal {
  return {
    actor,
    saveExecution: (execution) => plans.saveExecution(execution),
    setPlanState: (planId, state) => plans.setState(planId, state),
    saveRun: (serverId, run) => plans.saveRun(serverId, run),
    beginStatement: (entry) => activity.begin(entry),
    endStatement: (entryId, result) => activity.end(entryId, result),
  };
}
