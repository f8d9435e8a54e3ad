import { isForRegistry, type Execution, type Plan } from '../../../../shared/model/read-model.ts';
import { isFailure } from '../../../../shared/model/failure.ts';
import { sessionsNamed } from '../../postgres/queries/catalog-lock-holders.ts';
import type { DdlSession, Server, Sql } from '../../postgres/session.ts';
import type { Clock, Logger } from '../../ports.ts';
import type { Journal } from '../journal.ts';
import { requireBuildable } from '../plannable.ts';
import { installedMigrations } from '../registry/migrations.ts';
import { ExecutionLog } from './execution-log.ts';
import { prepareBuilder, sessionName, tryWriterLock } from './plan-session.ts';
import { isGone, runStep, undoSteps } from './run-step.ts';

export interface RecoverPlanInput {
  readonly server: Server;
  readonly plan: Plan;
  /** As the journal has it: 'running', or ended where only the plan does not know it. */
  readonly execution: Execution;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly logger: Logger;
  /** As in `executePlan`; called when the plan is done, before the journal says so. */
  readonly onDone?: () => Promise<void>;
}

/** How long an orphan may take to end, and another writer to finish, before recovery is left to the next start. */
const patienceMs = 10_000;
const pauseMs = 100;

/**
 * Finishes or undoes a plan that was killed in the middle. Whether its flip was committed stands in the registry,
 * written in the flip's own transaction: then what follows it is finished, else what came before it is undone. Readers
 * see one whole version all along. `notice` says in one sentence what was found and done. Throws what keeps it from
 * looking or from going on, e.g. `permission_denied` or `connection_lost`; then the plan stays as unfinished as it was.
 */
export async function recoverPlan(input: RecoverPlanInput): Promise<{ notice: string; execution: Execution }> {
  const { server, plan, execution, journal, clock, logger } = input;
  const log = new ExecutionLog(execution, journal, clock, () => undefined);
  if (execution.state !== 'running') return settle(input);
  requireBuildable(server);
  return server.withDdl({ planId: plan.planId, planHash: plan.planHash }, async (session) => {
    await prepareBuilder(session, server.facts.versionNumber);
    await endOrphans(session, sessionName('plan', execution.executionId), clock);
    if (!(await lockInTime(session, plan.readModel, clock))) {
      return {
        notice: `${interruptedAt(plan, execution)}; somebody else writes ${plan.readModel} now, so it is looked at again at the next connection.`,
        execution,
      };
    }
    const found = await readMark(session, plan);
    logger.info({ plan: plan.planId, readModel: plan.readModel, ...found }, 'recovering an interrupted plan');
    const tools = { session, plan, journal, clock, log };
    if (found.applied) {
      const rest = plan.steps.filter(({ step }) => !ended(log, step) && step > flipOf(plan));
      try {
        if (!ended(log, flipOf(plan))) await log.ended(flipOf(plan), 'done');
        const never = { signal: new AbortController().signal, checkpoint: () => undefined };
        for (const step of rest) await runStep({ ...tools, ...never }, step);
      } catch (error) {
        if (!isFailure(error) || isGone(error)) throw error;
        return undo(
          tools,
          `${interruptedAt(plan, execution)}; it could not be finished (${error.message})`,
          found.applied,
        );
      }
      await input.onDone?.();
      const notice = `${interruptedAt(plan, execution)}; its switch had been committed, so it was finished${
        rest.length === 0 ? '' : ` (${rest.map(({ title }) => title.toLowerCase()).join('; ')})`
      }, and readers see ${nowSeen(plan)}.`;
      return { notice, execution: await log.end('done', notice) };
    }
    return undo(tools, `${interruptedAt(plan, execution)}; nothing had been switched`, found.registered);
  });
}

/** The execution has its end in the journal, and the plan was about to get its own: the server is as it says. */
async function settle({ plan, execution, journal, onDone }: RecoverPlanInput) {
  if (execution.state === 'done') await onDone?.();
  await journal.setPlanState(plan.planId, execution.state);
  const said = execution.message === null ? '' : ` ${execution.message}`;
  return {
    notice: `A plan for read model ${named(plan)} was interrupted just after its end (${execution.state}).${said}`,
    execution,
  };
}

interface UndoTools {
  readonly session: DdlSession;
  readonly plan: Plan;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: ExecutionLog;
}

async function undo(tools: UndoTools, what: string, ours: boolean): Promise<{ notice: string; execution: Execution }> {
  const { plan, log } = tools;
  const flip = flipOf(plan);
  const switched = log.stepState(flip) === 'done';
  const registration = plan.steps.findIndex(({ sql }) =>
    sql.some((one) => one.startsWith('insert into daybreak.version')),
  );
  const steps = plan.steps.filter(({ step }, at) => {
    const state = log.stepState(step);
    if (state === 'waiting' || state === 'skipped' || state === 'undone') return false;
    if (step === flip && !switched) return false;
    // What the registry does not know as this plan's is not this plan's to drop.
    return registration < 0 || at < registration || ours;
  });
  const { stuck } = await undoSteps(tools, steps);
  if (stuck !== null && isGone(stuck.failure)) throw stuck.failure;
  const outcome =
    stuck === null
      ? `so it was undone, and readers see ${seenBefore(plan)}.`
      : `and it could not be undone at "${stuck.step.title}": ${stuck.failure.message}`;
  const notice = `${what}, ${outcome}`;
  return { notice, execution: await log.end(stuck === null ? 'undone' : 'failed', notice) };
}

/** Backends that still work for the dead engine hold its lock, and would commit for nobody. */
async function endOrphans(session: DdlSession, name: string, clock: Clock): Promise<void> {
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += pauseMs) {
    const pids = await sessionsNamed(session, name);
    if (pids.length === 0) return;
    await session.query('select pg_terminate_backend(pid) from unnest($1::int[]) as pid', [pids]);
    await clock.sleep(pauseMs);
  }
}

async function lockInTime(session: DdlSession, readModel: string, clock: Clock): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += pauseMs) {
    if (await tryWriterLock(session, readModel)) return true;
    await clock.sleep(pauseMs);
  }
  return false;
}

/** What the registry says of the plan: its flip was committed; a version of it is registered. */
async function readMark(sql: Sql, { planId, kind, steps }: Plan): Promise<{ applied: boolean; registered: boolean }> {
  const installed = await installedMigrations(sql);
  if (installed === null) return { applied: kind === 'uninstall', registered: false };
  if (kind === 'update_registry') {
    return { applied: migrationsIn(steps).every((migration) => installed.includes(migration)), registered: false };
  }
  const [row] = await sql.query<{ applied: boolean; registered: boolean }>(
    `select exists (select from daybreak.applied_plan where plan_id = $1) as applied,
      exists (select from daybreak.version where plan_id = $1 and state = 'building') as registered`,
    [planId],
  );
  return row ?? { applied: false, registered: false };
}

/** The step that readers notice; it carries the mark. */
function flipOf({ steps, planId, kind }: Plan): number {
  // Their mark is the registry itself: it is gone, or has all steps.
  if (isForRegistry(kind)) return steps.length;
  const flip = steps.find(({ sql }) => sql.some((one) => one.startsWith('insert into daybreak.applied_plan')));
  if (flip === undefined) throw new Error(`plan ${planId} has no step that switches`);
  return flip.step;
}

/** The registry's own steps that a plan takes. */
const migrationsIn = (steps: Plan['steps']): number[] =>
  steps.flatMap(({ sql }) =>
    sql.flatMap((one) => {
      const written = /^insert into daybreak\.migration \([^)]*\) values \((\d+),/.exec(one)?.[1];
      return written === undefined ? [] : [Number(written)];
    }),
  );

const ended = (log: ExecutionLog, step: number): boolean => ['done', 'skipped'].includes(log.stepState(step));

function interruptedAt(plan: Plan, execution: Execution): string {
  const running = execution.steps.find(({ state }) => state === 'running');
  const step = plan.steps.find((one) => one.step === running?.step);
  const between = execution.steps.some(({ state }) => state === 'waiting')
    ? 'between two steps'
    : 'after its last step';
  const where = step === undefined ? between : `in step ${step.step} of ${plan.steps.length}, "${step.title}"`;
  return `A plan for read model ${named(plan)} was interrupted ${where}`;
}

const named = ({ readModel, kind }: Plan): string => `${readModel} (${kind.replace('_', ' ')})`;

const nowSeen = (plan: Plan): string => {
  if (plan.kind === 'uninstall') return 'the stable views as they were, with their as-of written out';
  if (plan.kind === 'update_registry') return 'the stable views as before';
  return plan.toVersion === null ? 'nothing under that name any more' : `version ${plan.toVersion}`;
};
const seenBefore = (plan: Plan): string =>
  isForRegistry(plan.kind)
    ? 'the stable views as before'
    : plan.fromVersion === null
      ? 'nothing under that name, as before'
      : `version ${plan.fromVersion}, as before`;
