import { randomUUID } from 'node:crypto';
import type { DryRun, Plan, PlanStep } from '../../../../shared/model/read-model.ts';
import { isFailure, type Failure } from '../../../../shared/model/failure.ts';
import { describeHolder, lockHolders } from '../../postgres/queries/catalog-lock-holders.ts';
import type { DdlSession, Server, Sql } from '../../postgres/session.ts';
import type { Clock } from '../../ports.ts';
import type { Journal } from '../journal.ts';
import { requireBuildable } from '../plannable.ts';
import { cancelOnAbort, prepareBuilder, sessionName, takeWriterLock } from './plan-session.ts';
import { heldRelation, isGone } from './run-step.ts';
import { requireFresh, recheckOrStale } from './stale-plan.ts';

export interface DryRunInput {
  readonly server: Server;
  readonly plan: Plan;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

const isolation = /^set transaction isolation level /i;
/** Thrown to roll back what succeeded. */
class RolledBack extends Error {}

type Tried = DryRun['steps'][number];

/**
 * Runs all steps of a plan in one transaction, which is rolled back whatever happens: fill, proof, index and switch are
 * real, and nothing of them is ever seen. The lock of the stable view is asked for once and given up if it is not there
 * within its timeout; from the switch on only statements of milliseconds follow. Throws before anything happened what
 * `executePlan` throws, and `cancelled`; a step that fails is an answer, not an error.
 */
export async function dryRunPlan(input: DryRunInput): Promise<DryRun> {
  const { server, plan, journal, clock } = input;
  requireBuildable(server);
  const current = await recheckOrStale(server, plan);
  const startedAtMs = clock.nowMs();
  return server.withDdl(
    { planId: plan.planId, planHash: plan.planHash },
    async (session) => {
      await prepareBuilder(session, server.facts.versionNumber);
      await takeWriterLock(session, plan.readModel);
      await requireFresh(session, plan, current);
      const entryId = await journal.beginStatement({
        serverId: plan.serverId,
        atMs: startedAtMs,
        actor: journal.actor,
        purpose: `${plan.readModel}: dry run of a plan, rolled back`,
        sql: plan.steps.flatMap(({ sql }) => sql).join(';\n'),
        undoSql: null,
        planId: plan.planId,
        runId: null,
      });
      const end = (error: string | null) =>
        journal.endStatement(entryId, { tookMs: clock.nowMs() - startedAtMs, outcome: 'rolled_back', error });
      try {
        const tried = await tryAll(input, session);
        const failed = tried.find(({ state }) => state === 'failed');
        await end(failed?.note ?? null);
        return {
          planId: plan.planId,
          startedAtMs,
          tookMs: clock.nowMs() - startedAtMs,
          ok: failed === undefined,
          steps: tried,
          message:
            failed === undefined
              ? `All ${plan.steps.length} steps ran in one transaction and were rolled back. Nothing was changed.`
              : `Step ${failed.step} did not run, and those after it were not tried. Nothing was changed.`,
        };
      } catch (error) {
        await end(error instanceof Error ? error.message : String(error));
        throw error;
      }
    },
    { applicationName: sessionName('plan', randomUUID()) },
  );
}

async function tryAll(input: DryRunInput, session: DdlSession): Promise<Tried[]> {
  const { server, plan } = input;
  const signal = input.signal ?? new AbortController().signal;
  const cancelling = cancelOnAbort(server, session, `The dry run for ${plan.readModel}`, signal);
  const tried: Tried[] = [];
  try {
    await session.transaction(async (sql) => {
      // Before the first statement, or it is refused; harmless for the steps that do not ask for it.
      await sql.query('set transaction isolation level repeatable read');
      for (const step of plan.steps) {
        if (!step.transactional) {
          tried.push(notTried(step, 'PostgreSQL runs it outside of a transaction only'));
          continue;
        }
        cancelling.checkpoint();
        tried.push(await tryStep(input, sql, step));
      }
      throw new RolledBack();
    });
  } catch (error) {
    await cancelling.settled();
    if (error instanceof RolledBack) return tried;
    cancelling.checkpoint();
    if (!isFailure(error) || isGone(error)) throw error;
    const at = plan.steps[tried.length];
    if (at === undefined) throw error;
    const rest = plan.steps.slice(tried.length + 1);
    return [
      ...tried,
      { step: at.step, state: 'failed', tookMs: null, outcome: null, note: await why(session, plan, error) },
      ...rest.map((step) => notTried(step, `step ${at.step} failed`)),
    ];
  }
  throw new Error('a dry run ends by rolling back');
}

async function tryStep({ clock }: DryRunInput, sql: Sql, step: PlanStep): Promise<Tried> {
  const startedAtMs = clock.nowMs();
  let outcome: string | null = null;
  for (const statement of step.sql) {
    if (isolation.test(statement)) continue;
    const [row] = await sql.query<{ outcome?: unknown }>(statement);
    if (typeof row?.outcome === 'string') outcome = row.outcome;
  }
  return { step: step.step, state: 'ran', tookMs: clock.nowMs() - startedAtMs, outcome, note: null };
}

const notTried = ({ step }: PlanStep, note: string): Tried => ({
  step,
  state: 'not_tried',
  tookMs: null,
  outcome: null,
  note,
});

async function why(session: DdlSession, plan: Plan, failure: Failure): Promise<string> {
  if (failure.value.sqlstate !== '55P03') return failure.message;
  const holders = await lockHolders(session, plan.schema, heldRelation(plan));
  const who = holders.length === 0 ? 'somebody who has gone since' : holders.map(describeHolder).join('; ');
  return `The view was held by ${who}. A real run tries again; a dry run does not make readers wait twice.`;
}
