import { randomUUID } from 'node:crypto';
import type { Execution, Plan } from '../../../../shared/model/read-model.ts';
import { Failure, isFailure } from '../../../../shared/model/failure.ts';
import type { DdlSession, Server } from '../../postgres/session.ts';
import type { Clock, Logger } from '../../ports.ts';
import type { Journal } from '../journal.ts';
import { planHash } from '../plan/plan-hash.ts';
import { requireRights } from '../plan/refusals.ts';
import { gatherForPlan, requireBuildable } from '../plan-for.ts';
import { recheck } from '../propose/propose.ts';
import { ExecutionLog } from './execution-log.ts';
import { cancelOnAbort, prepareBuilder, sessionName, takeWriterLock } from './plan-session.ts';
import { isGone, runStep, undoSteps } from './run-step.ts';

export interface ExecutePlanInput {
  readonly server: Server;
  readonly plan: Plan;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Aborting cancels on the server; what was done is undone. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (execution: Execution) => void;
  /**
   * What the engine does once all steps are committed, and before the plan is done by the store's account. It is called
   * again by `recoverPlan` where the engine was killed meanwhile, so it has to bear that.
   */
  readonly onDone?: () => Promise<void>;
}

/**
 * Runs a plan as it was shown, alone on its read model. Resolves when all of it is done. Throws before anything
 * happened: `capability_missing`, `busy`, `permission_denied`, `plan_stale`; and afterwards, with all done steps undone:
 * `lock_not_granted`, `statement_refused`, `cancelled`, `server_error`; `connection_lost` leaves the rest to `recoverPlan`.
 */
export async function executePlan(input: ExecutePlanInput): Promise<Execution> {
  const { server, plan, journal, clock } = input;
  requireBuildable(server);
  if (plan.serverId !== server.serverId) throw new Error(`plan ${plan.planId} is for another server`);
  if (plan.state !== 'new') throw stale(plan, `it has run already (${plan.state})`);
  const executionId = randomUUID();
  const begun = ExecutionLog.begin(executionId, plan, clock.nowMs());
  const log = new ExecutionLog(begun, journal, clock, input.onProgress ?? (() => undefined));
  const current = plan.proposal === null ? null : await recheckOrStale(server, plan);
  return server.withDdl(
    { planId: plan.planId, planHash: plan.planHash },
    async (session) => {
      await prepareBuilder(session, server.facts.versionNumber);
      await takeWriterLock(session, plan.readModel);
      const facts = await gatherForPlan(session, plan, current);
      requireRights(facts, plan.schema);
      if (planHash(plan, facts) !== plan.planHash) throw stale(plan, 'the catalog or the registry changed since');
      // In this order: a plan without its execution would be nobody's to recover.
      await log.save();
      await journal.setPlanState(plan.planId, 'running');
      return run(input, session, log);
    },
    { applicationName: sessionName('plan', executionId) },
  );
}

async function run(input: ExecutePlanInput, session: DdlSession, log: ExecutionLog): Promise<Execution> {
  const { server, plan, journal, clock, logger } = input;
  const signal = input.signal ?? new AbortController().signal;
  const cancelling = cancelOnAbort(server, session, `The plan for ${plan.readModel}`, signal);
  const tools = { session, plan, journal, clock, log };
  try {
    for (const step of plan.steps) {
      cancelling.checkpoint();
      await runStep({ ...tools, signal, checkpoint: cancelling.checkpoint }, step);
    }
    await cancelling.settled();
  } catch (error) {
    await cancelling.settled();
    const failure = isFailure(error) ? error : null;
    if (failure !== null && isGone(failure)) {
      await log.interrupted(`${failure.message} The next connection finishes it, or undoes it.`);
      throw failure;
    }
    logger.warn({ plan: plan.planId, readModel: plan.readModel, reason: String(error) }, 'plan failed; undoing');
    const done = plan.steps.filter(({ step }) => log.stepState(step) === 'done');
    const { undone, stuck } = await undoSteps(tools, done);
    if (stuck !== null && (isGone(stuck.failure) || stuck.failure.value.code === 'cancelled')) {
      await log.interrupted(`The server went away while the plan was being undone. The next connection goes on.`);
      throw error;
    }
    const said = [
      failure?.message ?? 'The plan failed through an error in Daybreak.',
      undone.length === 0 ? 'Nothing had been changed.' : `Undone: ${undone.map(({ title }) => title).join('; ')}.`,
      ...(stuck === null ? [] : [`Not undone: ${stuck.step.title}. ${stuck.failure.message}`]),
    ].join(' ');
    await log.end(stuck === null ? 'undone' : 'failed', said);
    if (failure === null) throw error;
    throw withUndo(failure, log.execution, said, stuck?.step.undoSql ?? null);
  }
  // Nothing is taken back from here on: what fails locally is done again at the next connection.
  await input.onDone?.();
  return log.end('done', null);
}

function withUndo(
  failure: Failure,
  execution: Execution,
  message: string,
  undoByHand: readonly string[] | null,
): Failure {
  return new Failure(
    {
      ...failure.value,
      message,
      detail: { ...failure.value.detail, executionId: execution.executionId, steps: execution.steps },
      ...(undoByHand === null ? {} : { action: undoByHand.map((statement) => `${statement};`).join('\n') }),
    },
    { cause: failure },
  );
}

/** The definition as the server sees it now; what it no longer accepts makes the plan stale. */
async function recheckOrStale(server: Server, plan: Plan) {
  if (plan.proposal === null) return null;
  try {
    return await recheck(server, plan.proposal);
  } catch (error) {
    if (!isFailure(error) || !['statement_refused', 'server_error', 'invalid_input'].includes(error.value.code))
      throw error;
    throw stale(plan, `its definition cannot be read any more: ${error.message}`, error);
  }
}

const stale = (plan: Plan, why: string, cause?: unknown): Failure =>
  new Failure(
    {
      code: 'plan_stale',
      message: `The plan for ${plan.readModel} does not hold any more: ${why}. Plan again and read the new one.`,
    },
    { cause },
  );
