import { randomUUID } from 'node:crypto';
import type { Execution, Plan, StepProgress } from '../../../../shared/model/read-model.ts';
import { Failure, isFailure } from '../../../../shared/model/failure.ts';
import type { DdlSession, Server, Sql } from '../../postgres/session.ts';
import type { Clock, Logger } from '../../ports.ts';
import type { Journal } from '../journal.ts';
import { requireBuildable } from '../plannable.ts';
import { keepLease } from '../refresh/keep-lease.ts';
import { knowsSchedules, releaseLease, requireLease, takeLease } from '../registry/leases.ts';
import { installedMigrations } from '../registry/migrations.ts';
import { requireSwapAllowed } from '../registry/swap-windows.ts';
import { ExecutionLog } from './execution-log.ts';
import { cancelOnAbort, prepareBuilder, reportOwnReads, sessionName, takeWriterLock } from './plan-session.ts';
import { isGone, runStep, undoSteps } from './run-step.ts';
import type { CatalogFacts } from '../plan/catalog-facts.ts';
import { recheckOrStale, requireFresh, requireUnchanged, stale } from './stale-plan.ts';
import { watchProgress } from './step-progress.ts';

export interface ExecutePlanInput {
  readonly server: Server;
  readonly plan: Plan;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Aborting cancels on the server; what was done is undone. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (execution: Execution) => void;
  /** How far the running step is, twice a second; never stored. */
  readonly onStepProgress?: (progress: StepProgress) => void;
  /**
   * Waits, everything being built and compared, until the plan may switch; it has to end when `signal` aborts. The
   * session keeps the writer lock meanwhile, and no transaction.
   */
  readonly beforeSwitch?: (signal: AbortSignal) => Promise<void>;
  /**
   * What the engine does once all steps are committed, and before the plan is done by the store's account. It is called
   * again by `recoverPlan` where the engine was killed meanwhile, so it has to bear that.
   */
  readonly onDone?: () => Promise<void>;
}

/** Indexes of a large version take hours, and a plan may hold for a person before its switch. */
const longestPlanMs = 24 * 3_600_000;

/**
 * Runs a plan as it was shown, alone on its read model. Resolves when all of it is done. Throws before anything
 * happened: `capability_missing`, `busy`, `permission_denied`, `plan_stale`; and afterwards, with all done steps undone:
 * `plan_stale` again, where the catalog changed while it was built, `lock_not_granted`, `statement_refused`, `cancelled`, `server_error`; `connection_lost` leaves the rest to `recoverPlan`.
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
      const facts = await requireFresh(session, plan, current);
      await requireSwapAllowed(session, plan);
      // In this order: a plan without its execution would be nobody's to recover.
      await log.save();
      await journal.setPlanState(plan.planId, 'running');
      return underLease(input, session, executionId, (signal, pass) =>
        run({ ...input, signal }, session, log, facts, pass),
      );
    },
    { applicationName: sessionName('plan', executionId) },
  );
}

type Pass = (sql: Sql) => Promise<void>;

/** A plan writes under the same lease as a refresh, where the registry is of a step that knows them. */
async function underLease(
  { server, plan, journal, clock, logger, signal }: ExecutePlanInput,
  session: DdlSession,
  executionId: string,
  work: (signal: AbortSignal, pass: Pass) => Promise<Execution>,
): Promise<Execution> {
  const asked = signal ?? new AbortController().signal;
  if (!knowsSchedules(await installedMigrations(session))) return work(asked, async () => undefined);
  const { readModel } = plan;
  const wish = { readModel, runId: executionId, kind: 'plan' as const, runner: journal.actor };
  const { lease } = await takeLease(session, { ...wish, longestMs: longestPlanMs, effort: null });
  const kept = keepLease(server, lease, { clock, logger });
  try {
    return await work(AbortSignal.any([asked, kept.lost]), (sql) => requireLease(sql, lease));
  } finally {
    await kept.stop();
    // It runs out by itself; uninstalling has taken it away.
    await releaseLease(session, lease).catch(() => undefined);
  }
}

async function run(
  input: ExecutePlanInput & { readonly signal: AbortSignal },
  session: DdlSession,
  log: ExecutionLog,
  facts: CatalogFacts,
  pass: Pass,
): Promise<Execution> {
  const { server, plan, journal, clock, logger, signal } = input;
  const cancelling = cancelOnAbort(server, session, `The plan for ${plan.readModel}`, signal);
  const tools = { session, plan, journal, clock, log };
  const watching = new AbortController();
  const watched = watch(input, session, log, watching.signal);
  try {
    for (const step of plan.steps) {
      cancelling.checkpoint();
      if (step.kind === 'flip' && input.beforeSwitch !== undefined) {
        await log.holding(true);
        await input.beforeSwitch(signal);
        await log.holding(false);
        cancelling.checkpoint();
      }
      if (step.kind === 'flip') await requireSwapAllowed(session, plan);
      if (step.kind === 'flip' && step !== plan.steps[0]) await requireUnchanged(server, session, plan, facts);
      await runStep({ ...tools, signal, checkpoint: cancelling.checkpoint, pass }, step);
      await reportOwnReads(session, server.facts.versionNumber);
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
  } finally {
    watching.abort();
    await watched;
  }
  // Nothing is taken back from here on: what fails locally is done again at the next connection.
  await input.onDone?.();
  return log.end('done', null);
}

/** Of the steps that take long; the others are over before anybody could look. */
function watch(input: ExecutePlanInput, session: DdlSession, log: ExecutionLog, signal: AbortSignal): Promise<void> {
  const { server, plan, clock, onStepProgress } = input;
  if (onStepProgress === undefined) return Promise.resolve();
  const running = () => {
    const result = log.execution.steps.find(({ state }) => state === 'running');
    const step = plan.steps.find((one) => one.step === result?.step);
    if (step === undefined || !['fill', 'index', 'analyze'].includes(step.kind)) return null;
    return { step, startedAtMs: result?.startedAtMs ?? clock.nowMs() };
  };
  return watchProgress({ server, plan, pid: session.backendPid, clock, running, onProgress: onStepProgress, signal });
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
