import type { ActivityEntry } from '../../../shared/model/activity-log.ts';
import { Failure } from '../../../shared/model/failure.ts';
import type { Execution, Plan, Run } from '../../../shared/model/read-model.ts';
import { returned } from './interned.ts';
import type { Prepare } from './prepared.ts';
import { serverKeyOf } from './servers.ts';

export type NewEntry = Omit<ActivityEntry, 'entryId' | 'tookMs' | 'outcome' | 'error'>;
export type EntryResult = Pick<ActivityEntry, 'tookMs' | 'outcome' | 'error'>;

/** Why what a killed engine was at has an end. */
const orphaned = 'its engine ended in the middle';

/** Plans, executions, runs and the activity log. */
export function createJournalWriter(prepare: Prepare) {
  return {
    savePlan(plan: Plan): void {
      prepare(
        `insert into plan (plan_id, server_key, created_at_ms, state, body) values (?, ?, ?, ?, ?)
         on conflict (plan_id) do update set state = excluded.state, body = excluded.body`,
      ).run(plan.planId, serverKeyOf(prepare, plan.serverId), plan.createdAtMs, plan.state, JSON.stringify(plan));
    },

    setPlanState(planId: string, state: Plan['state']): void {
      const { changes } = prepare('update plan set state = ? where plan_id = ?').run(state, planId);
      if (changes === 0) throw unknown('plan', planId);
    },

    saveExecution(execution: Execution): void {
      if (prepare('select 1 from plan where plan_id = ?').get(execution.planId) === undefined) {
        throw unknown('plan', execution.planId);
      }
      prepare(
        `insert into execution (execution_id, plan_id, started_at_ms, state, body) values (?, ?, ?, ?, ?)
         on conflict (execution_id) do update set state = excluded.state, body = excluded.body`,
      ).run(execution.executionId, execution.planId, execution.startedAtMs, execution.state, JSON.stringify(execution));
    },

    saveRun(serverId: string, run: Run): void {
      prepare(
        `insert into run (run_id, server_key, read_model, started_at_ms, body) values (?, ?, ?, ?, ?)
         on conflict (run_id) do update set body = excluded.body`,
      ).run(run.runId, serverKeyOf(prepare, serverId), run.readModel, run.startedAtMs, JSON.stringify(run));
    },

    beginActivity(entry: NewEntry): number {
      const row = prepare<{ entry_id: number }>(
        `insert into activity (server_key, at_ms, actor, purpose, sql, outcome, undo_sql, plan_id, run_id)
         values (?, ?, ?, ?, ?, 'running', ?, ?, ?) returning entry_id`,
      ).get(
        serverKeyOf(prepare, entry.serverId),
        entry.atMs,
        entry.actor,
        entry.purpose,
        entry.sql,
        entry.undoSql,
        entry.planId,
        entry.runId,
      );
      return returned(row).entry_id;
    },

    endActivity(entryId: number, { tookMs, outcome, error }: EntryResult): void {
      const { changes } = prepare('update activity set took_ms = ?, outcome = ?, error = ? where entry_id = ?').run(
        tookMs,
        outcome,
        error,
        entryId,
      );
      if (changes === 0) throw unknown('entry of the activity log', String(entryId));
    },

    /**
     * Ends the runs and statements of an engine that was killed: before this one has begun any, nobody is at them.
     * Its plans are left to `unfinished`, since only their server knows how far they came.
     */
    endOrphans(nowMs: number): void {
      prepare(
        `update run set body = json_set(body, '$.state', 'abandoned', '$.endedAtMs', ?, '$.error', ?)
         where body ->> '$.state' = 'running'`,
      ).run(nowMs, orphaned);
      prepare(`update activity set outcome = 'failed', error = ? where outcome = 'running'`).run(orphaned);
    },
  };
}

function unknown(what: string, id: string): Failure {
  return new Failure({
    code: 'not_found',
    message: `There is no ${what} ${id} in the local store. It went with its connection, if that was removed.`,
    detail: { id },
  });
}
