/**
 * An engine that stores one plan, runs it and kills itself with SIGKILL at a given moment: what a crash of the machine, or
 * the kernel's out-of-memory killer, does. Started by the tests as a process of its own, which reads its job from
 * standard input, and ends where none comes.
 */
import { flushCompileCache } from 'node:module';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import type { ConnectionSettings } from '../../shared/model/connection.ts';
import type { Execution, Plan } from '../../shared/model/read-model.ts';
import { openHistory } from '../../electron/core/history/open-history.ts';
import { openServer } from '../../electron/core/postgres/connect.ts';
import type { Server, Sql } from '../../electron/core/postgres/session.ts';
import type { Journal } from '../../electron/core/read-model/journal.ts';
import { executePlan } from '../../electron/core/read-model/swap/execute-plan.ts';
import type { History } from '../../electron/core/history/history.ts';
import { silent, systemClock } from '../postgres/read-model/tools.ts';

/** `step kind:moment`. */
export type KillPoint =
  /** The step is about to be sent; the journal knows. */
  | `${string}:announced`
  /** Its first statement that changes something has been done in the open transaction. */
  | `${string}:inside`
  /** Its statements run on the server at this moment. */
  | `${string}:running`
  /** It is committed, and the journal does not know yet. */
  | `${string}:committed`
  /** The execution is in the store, and its plan is 'new' there. */
  | 'plan:begun'
  /** Everything is built and compared, and it waits for somebody's word before the switch. */
  | 'plan:held'
  /** All steps are done, and the engine was about to do what follows them. */
  | 'plan:stepped'
  /** That is done too, and the store does not know yet. */
  | 'plan:followed'
  /** The execution is 'done' in the store, and its plan is 'running' there. */
  | 'plan:ended';

export interface KilledEngine {
  readonly settings: ConnectionSettings;
  readonly password: string;
  readonly historyFile: string;
  readonly plan: Plan;
  readonly killAt: KillPoint;
}

/** The journal over the real store, as the engine has it. */
export const journalOf = ({ plans, activity }: History): Journal => ({
  actor: 'anna (test)',
  saveExecution: (execution) => plans.saveExecution(execution),
  setPlanState: (planId, state) => plans.setState(planId, state),
  saveRun: (serverId, run) => plans.saveRun(serverId, run),
  beginStatement: (entry) => activity.begin(entry),
  endStatement: (entryId, result) => activity.end(entryId, result),
});

const die = (): Promise<never> => {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
};

async function main({ settings, password, historyFile, plan, killAt }: KilledEngine): Promise<void> {
  const [kind, moment] = killAt.split(':');
  const history = await openHistory({ file: historyFile, logger: silent });
  await history.connections.save({ serverId: 'test', settings, lastConnectedAtMs: null, lastFacts: null });
  await history.plans.save(plan);
  const step = plan.steps.find((one) => one.kind === kind);
  if (step === undefined && kind !== 'plan') throw new Error(`no step of kind ${kind}`);
  const server = await openServer({ serverId: 'test', settings, password, clock: systemClock, logger: silent });
  const journal = journalOf(history);
  let current = 0;
  await executePlan({
    server: withStatementsWatched(server, async (text, send) => {
      if (current !== step?.step || /^\s*(set|select)\b/.test(text)) return send();
      if (moment === 'running') {
        void send();
        await systemClock.sleep(300);
        return die();
      }
      const rows = await send();
      return moment === 'inside' ? die() : rows;
    }),
    plan,
    journal: {
      ...journal,
      saveExecution: async (execution: Execution) => {
        current = execution.steps.find(({ state }) => state === 'running')?.step ?? 0;
        const done = step !== undefined && execution.steps[step.step - 1]?.state === 'done';
        if (done && moment === 'committed') await die();
        if (execution.state === 'done' && moment === 'followed') await die();
        await journal.saveExecution(execution);
        if (current === step?.step && moment === 'announced') await die();
      },
      setPlanState: async (id, state) => {
        if (moment === (state === 'running' ? 'begun' : 'ended')) await die();
        await journal.setPlanState(id, state);
      },
    },
    onDone: async () => {
      if (moment === 'stepped') await die();
    },
    ...(moment === 'held' ? { beforeSwitch: die } : {}),
    clock: systemClock,
    logger: silent,
  });
}

type Watch = (text: string, send: () => Promise<unknown[]>) => Promise<unknown[]>;

function withStatementsWatched(server: Server, watch: Watch): Server {
  const watched = (sql: Sql): Sql => ({
    backendPid: sql.backendPid,
    queryText: (text, values) => sql.queryText(text, values),
    query: async <R>(text: string, values?: readonly unknown[]) =>
      (await watch(text, () => sql.query(text, values))) as R[],
  });
  return {
    ...server,
    withDdl: (approval, work, limits) =>
      server.withDdl(
        approval,
        (session) => work({ ...session, transaction: (inner) => session.transaction((sql) => inner(watched(sql))) }),
        limits,
      ),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  // At its end a killed process writes nothing: the next one would compile all of it again.
  flushCompileCache();
  const job = await text(process.stdin);
  if (job !== '') await main(JSON.parse(job) as KilledEngine);
}
