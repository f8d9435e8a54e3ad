import { activityEntrySchema, type ActivityEntry } from '../../../shared/model/activity-log.ts';
import {
  executionSchema,
  planSchema,
  runSchema,
  type Execution,
  type Plan,
  type Run,
} from '../../../shared/model/read-model.ts';
import type { Prepare } from './prepared.ts';
import { knownServerKey } from './servers.ts';

interface PlanRow {
  readonly state: string;
  readonly body: string;
}
interface BodyRow {
  readonly body: string;
}

const planOf = ({ body, state }: PlanRow): Plan => planSchema.parse({ ...(JSON.parse(body) as object), state });
const executionOf = ({ body }: BodyRow): Execution => executionSchema.parse(JSON.parse(body));
const runOf = ({ body }: BodyRow): Run => runSchema.parse(JSON.parse(body));

export function createJournalReader(prepare: Prepare) {
  return {
    plan(planId: string): Plan | null {
      const row = prepare<PlanRow>('select state, body from plan where plan_id = ?').get(planId);
      return row === undefined ? null : planOf(row);
    },

    /** Newest first. */
    plans(serverId: string): Plan[] {
      return prepare<PlanRow>(
        'select state, body from plan where server_key = ? order by created_at_ms desc, rowid desc',
      )
        .all(knownServerKey(prepare, serverId))
        .map(planOf);
    },

    /** The latest execution of a plan. */
    execution(planId: string): Execution | null {
      const row = prepare<BodyRow>(
        'select body from execution where plan_id = ? order by started_at_ms desc, rowid desc limit 1',
      ).get(planId);
      return row === undefined ? null : executionOf(row);
    },

    unfinished(serverId: string): { plan: Plan; execution: Execution }[] {
      return prepare<PlanRow & { readonly execution: string }>(
        `select plan.state, plan.body, execution.body as execution
         from execution join plan using (plan_id)
         where plan.server_key = ? and (execution.state = 'running' or plan.state in ('running', 'interrupted'))
         order by execution.started_at_ms, execution.rowid`,
      )
        .all(knownServerKey(prepare, serverId))
        .map((row) => ({ plan: planOf(row), execution: executionOf({ body: row.execution }) }));
    },

    /** Newest first. */
    runs(serverId: string, readModel: string, limit: number): Run[] {
      return prepare<BodyRow>(
        `select body from run where server_key = ? and read_model = ?
         order by started_at_ms desc, rowid desc limit ?`,
      )
        .all(knownServerKey(prepare, serverId), readModel, limit)
        .map(runOf);
    },

    /** Newest first. */
    activity(serverId: string, limit: number, beforeEntryId?: number): { entries: ActivityEntry[]; more: boolean } {
      const rows = prepare(
        `select entry_id as entryId, ? as serverId, at_ms as atMs, actor, purpose, sql, took_ms as tookMs, outcome,
                error, undo_sql as undoSql, plan_id as planId, run_id as runId
         from activity where server_key = ? and entry_id < ? order by entry_id desc limit ?`,
      ).all(serverId, knownServerKey(prepare, serverId), beforeEntryId ?? Number.MAX_SAFE_INTEGER, limit + 1);
      return {
        entries: rows.slice(0, limit).map((row) => activityEntrySchema.parse(row)),
        more: rows.length > limit,
      };
    },
  };
}
