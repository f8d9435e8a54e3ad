import type { Plan, PlanStep } from '../../../../shared/model/read-model.ts';
import { Failure, isFailure } from '../../../../shared/model/failure.ts';
import type { DdlSession, Sql } from '../../postgres/session.ts';
import type { Clock } from '../../ports.ts';
import type { Journal } from '../journal.ts';
import type { ExecutionLog } from './execution-log.ts';
import { settleSwitchSql } from '../sql/registry-rows.ts';
import { waitingFor, withFlipRetry } from './flip-retry.ts';
import { runLogged, type Fence, type Retry } from './logged-transaction.ts';

export interface StepTools {
  readonly session: DdlSession;
  readonly plan: Plan;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: ExecutionLog;
  readonly signal: AbortSignal;
  readonly checkpoint: () => void;
  /** Throws where the plan has lost the right to write: see `Fence`. */
  readonly pass?: (sql: Sql) => Promise<void>;
}

/** Schema, first table, a migration's own row are there: somebody else has prepared the ground meanwhile. */
const preparedAlready: ReadonlySet<string> = new Set(['42P06', '42P07', '23505']);

/** Runs one step and writes down how it went. Throws its failure, in words that fit the step. */
export async function runStep(tools: StepTools, step: PlanStep): Promise<void> {
  const { session, plan, clock, log, signal } = tools;
  await log.started(step.step);
  const retry: Retry = (once) =>
    withFlipRetry(
      {
        sql: session,
        schema: plan.schema,
        relations: lockedBy(plan, step.kind, step.sql),
        clock,
        signal,
        onBlocked: (attempt, blockers) => log.waiting(step.step, attempt, waitingFor(blockers)),
      },
      once,
    );
  const switches = step.kind === 'flip' || step.kind === 'drop';
  const { pass } = tools;
  const fence: Fence | undefined = pass === undefined ? undefined : { pass, at: switches ? 'start' : 'end' };
  try {
    const logged = work(plan, step.title, step.sql, step.undoSql);
    const { outcome, attempts } = await runLogged({ ...tools, fence }, logged, switches ? retry : undefined);
    await log.ended(step.step, 'done', { outcome, attempts });
  } catch (error) {
    if (!isFailure(error)) throw signal.aborted ? cancelled(step, error) : error;
    if (isPreparation(step) && preparedAlready.has(error.value.sqlstate ?? '')) {
      await log.ended(step.step, 'skipped', { outcome: 'somebody else has done it meanwhile' });
      return;
    }
    const failure =
      signal.aborted && error.value.code !== 'connection_lost' ? cancelled(step, error) : inWords(step, plan, error);
    if (!isGone(failure)) await log.ended(step.step, 'failed', { error: failure.message });
    throw failure;
  }
  if (switches && plan.kind !== 'uninstall') await settleSwitch(session, plan);
}

/** Before the plan goes on: nothing shall be called done that a crash of the server could take back. */
async function settleSwitch(session: DdlSession, { planId }: Plan): Promise<void> {
  await session.query(settleSwitchSql(planId)).catch((error: unknown) => {
    // A cancel that hits this is met at the next step.
    if (!isFailure(error) || isGone(error)) throw error;
  });
}

/** Takes the steps back, last one first. Stops at the first that cannot be taken back, and says which. */
export async function undoSteps(
  tools: Omit<StepTools, 'signal' | 'checkpoint'>,
  steps: readonly PlanStep[],
): Promise<{ undone: PlanStep[]; stuck: { step: PlanStep; failure: Failure } | null }> {
  const { session, plan, clock, log } = tools;
  const undone: PlanStep[] = [];
  const unhurried = {
    schema: plan.schema,
    signal: new AbortController().signal,
    onBlocked: async () => undefined,
  };
  for (const step of steps.toReversed()) {
    try {
      if (step.undoSql.length > 0) {
        const retry: Retry = (once) =>
          withFlipRetry(
            { ...unhurried, relations: lockedBy(plan, step.kind, step.undoSql), sql: session, clock },
            once,
          );
        await runLogged(
          { ...tools, checkpoint: () => undefined },
          work(plan, `undo: ${step.title}`, step.undoSql, null),
          retry,
        );
      }
      await log.undone(step.step);
      undone.push(step);
    } catch (error) {
      if (!isFailure(error)) throw error;
      return { undone, stuck: { step, failure: error } };
    }
  }
  return { undone, stuck: null };
}

/** What a switch, a drop, or the undo of a step has to lock that others may hold, by name. */
function lockedBy(plan: Plan, kind: PlanStep['kind'], sql: readonly string[]): string[] {
  if (kind === 'flip' || plan.kind === 'uninstall') return [heldRelation(plan)];
  // Names of Daybreak's own relations need no quotes.
  return sql.flatMap((statement) => /^drop .*\.([a-z0-9_]+) restrict$/.exec(statement)?.[1] ?? []);
}

/** True where the session or the server is gone, so that nothing can be said or done about the rest. */
export const isGone = ({ value }: Failure): boolean =>
  value.code === 'connection_lost' || value.code === 'not_connected' || value.code === 'host_unreachable';

/** Steps that prepare the ground for any read model; they create a schema, or bring the registry up to date. */
const isPreparation = ({ kind, sql }: PlanStep): boolean =>
  kind === 'registry' && sql.some((statement) => /^(create schema|insert into daybreak\.migration)\b/.test(statement));

/** Whose holders are in the way: every reader of any stable view reads its as-of from the registry. */
export const heldRelation = ({ kind, readModel }: Plan): string => (kind === 'uninstall' ? 'copy' : readModel);

const work = (plan: Plan, purpose: string, sql: readonly string[], undoSql: readonly string[] | null) => ({
  serverId: plan.serverId,
  purpose: `${plan.readModel}: ${purpose}`,
  sql,
  undoSql: undoSql === null || undoSql.length === 0 ? null : undoSql.join(';\n'),
  planId: plan.planId,
  runId: null,
});

const cancelled = (step: PlanStep, cause: unknown): Failure =>
  new Failure({ code: 'cancelled', message: `Step ${step.step} (${step.title}) was cancelled.` }, { cause });

/** What the definition, not the server, did wrong. */
const definitionFaults: Readonly<Record<string, string>> = {
  '23505': 'The key does not identify a row: name more key columns, or group the definition by the key.',
  '23502': 'Wrap the key column in coalesce(), or leave the rows without a key out.',
  '22000':
    'Make the definition repeatable: order by inside string_agg and array_agg, a total order under limit, distinct on and row_number.',
  '55006': 'Plan again to see who reads it.',
  '42P16': 'Readers would break on the new shape: keep the columns, or give it a name of its own.',
};

function inWords(step: PlanStep, plan: Plan, failure: Failure): Failure {
  const { code, message, sqlstate, detail, action, retryable } = failure.value;
  const advice = sqlstate === undefined ? undefined : definitionFaults[sqlstate];
  return new Failure(
    {
      code: advice === undefined ? code : 'statement_refused',
      message: `Step ${step.step} of ${plan.steps.length} (${step.title}) failed. ${message}${advice === undefined ? '' : ` ${advice}`}`,
      retryable,
      ...(sqlstate === undefined ? {} : { sqlstate }),
      ...(detail === undefined ? {} : { detail }),
      ...(action === undefined ? {} : { action }),
    },
    { cause: failure },
  );
}
