import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { openServer } from '../../../electron/core/postgres/connect.ts';
import type { Server } from '../../../electron/core/postgres/session.ts';
import type { Journal } from '../../../electron/core/read-model/journal.ts';
import {
  planCreateOrNewVersion,
  planDrop,
  planDropVersion,
  planRollBack,
} from '../../../electron/core/read-model/plan-for.ts';
import { propose } from '../../../electron/core/read-model/propose/propose.ts';
import { refreshReadModel, type RefreshInput } from '../../../electron/core/read-model/refresh/refresh.ts';
import { executePlan, type ExecutePlanInput } from '../../../electron/core/read-model/swap/execute-plan.ts';
import type { ActivityEntry } from '../../../shared/model/activity-log.ts';
import type { Execution, Plan, Proposal, Run } from '../../../shared/model/read-model.ts';
import { isFailure } from '../../../shared/model/failure.ts';
import { createTestDatabase, type TestServer } from '../../support/postgres.ts';
import { silent, systemClock } from './tools.ts';

export { hurriedClock, silent, systemClock } from './tools.ts';

/** Keeps in memory what the store would. */
export class MemoryJournal implements Journal {
  readonly actor = 'anna (test)';
  readonly executions = new Map<string, Execution>();
  readonly planStates = new Map<string, Plan['state']>();
  readonly runs = new Map<string, Run>();
  readonly activity: ActivityEntry[] = [];

  async saveExecution(execution: Execution) {
    this.executions.set(execution.planId, execution);
  }
  async setPlanState(planId: string, state: Plan['state']) {
    this.planStates.set(planId, state);
  }
  async saveRun(_serverId: string, run: Run) {
    this.runs.set(run.runId, run);
  }
  async beginStatement(entry: Omit<ActivityEntry, 'entryId' | 'tookMs' | 'outcome' | 'error'>) {
    const entryId = this.activity.length + 1;
    this.activity.push({ ...entry, entryId, tookMs: null, outcome: 'running', error: null });
    return entryId;
  }
  async endStatement(entryId: number, result: Pick<ActivityEntry, 'outcome' | 'error'> & { tookMs: number }) {
    const entry = this.activity[entryId - 1];
    if (entry !== undefined) this.activity[entryId - 1] = { ...entry, ...result };
  }
}

export interface Shop {
  readonly server: Server;
  readonly journal: MemoryJournal;
  readonly url: string;
  readonly password: string;
  /** The server's superuser, beside Daybreak. */
  readonly admin: pg.Client;
  sql<R extends object>(text: string, values?: unknown[]): Promise<R[]>;
  connect(role: string): Promise<pg.Client>;
  /** Daybreak as another role of the same database. */
  openAs(role: string): Promise<Server>;
  propose(definitionSql: string, edits?: Partial<Proposal>): ReturnType<typeof propose>;
  planFor(definitionSql: string, edits?: Partial<Proposal>, onBreaking?: 'replace'): Promise<Plan>;
  planRollBack(name: string, onBreaking?: 'replace'): Promise<Plan>;
  planDropVersion(name: string, version: number, evenIfRead?: boolean): Promise<Plan>;
  planDrop(name: string): Promise<Plan>;
  execute(plan: Plan, more?: Partial<ExecutePlanInput>): Promise<Execution>;
  build(definitionSql: string, edits?: Partial<Proposal>): Promise<Execution>;
  refresh(name: string, signal?: AbortSignal, more?: Partial<RefreshInput>): Promise<Run>;
  /** Names of everything in schemas that Daybreak made, to see that nothing is left. */
  left(): Promise<string[]>;
  close(): Promise<void>;
}

const password = 'a word with "quotes" and spaces';

/**
 * A small ERP of its own in a new database: schema erp, a role `daybreak_<n>` with the least rights of the README, which
 * the server is opened as, and a role `boss_<n>` that may do nothing.
 */
export async function openShop(
  server: TestServer,
  { rows = 2000 } = {},
): Promise<Shop & { daybreak: string; boss: string }> {
  const database = await createTestDatabase(server, { statementStatistics: false });
  const admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
  const suffix = randomUUID().slice(0, 8);
  const [daybreak, boss] = [`daybreak_${suffix}`, `boss_${suffix}`];
  await admin.query(`
    create role ${daybreak} login password '${password}';
    create role ${boss} login password '${password}';
    grant create on database ${database.settings.database} to ${daybreak};
    create schema erp;
    create table erp.invoice (
      invoice_id bigint primary key, region text not null, category text, invoiced_at timestamptz not null,
      amount numeric(12,2) not null);
    insert into erp.invoice
      select n, 'region ' || n % 5, 'category ' || n % 3, timestamptz '2026-01-01' + n * interval '1 hour', n * 1.01
      from generate_series(1, ${rows}) n;
    grant usage on schema erp to ${daybreak};
    grant select on all tables in schema erp to ${daybreak};`);
  const servers: Server[] = [];
  const clients: pg.Client[] = [];
  const openAs = async (role: string) => {
    const opened = await openServer({
      serverId: 'test',
      settings: { ...database.settings, user: role },
      password,
      clock: systemClock,
      logger: silent,
    });
    servers.push(opened);
    return opened;
  };
  const main = await openAs(daybreak);
  const journal = new MemoryJournal();
  const stamp = () => ({ server: main, planId: randomUUID(), nowMs: Date.now() });
  const proposeSql = (sql: string, edits: Partial<Proposal> = {}) =>
    propose({
      server: main,
      schema: 'reporting',
      origin: { kind: 'sql', sql },
      edits: { name: 'sales', question: 'What do we sell?', owner: 'Controlling', ...edits },
    });
  const planFor = async (sql: string, edits?: Partial<Proposal>, onBreaking?: 'replace') =>
    planCreateOrNewVersion({ ...stamp(), schema: 'reporting', proposal: await proposeSql(sql, edits), onBreaking });
  const execute = (plan: Plan, more: Partial<ExecutePlanInput> = {}) =>
    executePlan({ server: main, plan, journal, clock: systemClock, logger: silent, ...more });
  return {
    daybreak,
    boss,
    server: main,
    journal,
    url: database.url,
    password,
    admin,
    sql: async <R extends object>(text: string, values?: unknown[]) => (await admin.query<R>(text, values)).rows,
    openAs,
    connect: async (role) => {
      const client = new pg.Client({
        host: server.host,
        port: server.port,
        database: database.settings.database,
        user: role,
        password,
      });
      client.on('error', () => undefined);
      await client.connect();
      clients.push(client);
      return client;
    },
    propose: proposeSql,
    planFor,
    planRollBack: (name, onBreaking) => planRollBack({ ...stamp(), name, onBreaking }),
    planDropVersion: (name, version, evenIfRead = false) => planDropVersion({ ...stamp(), name, version, evenIfRead }),
    planDrop: (name) => planDrop({ ...stamp(), name }),
    execute,
    build: async (sql, edits) => execute(await planFor(sql, edits)),
    refresh: (readModel, signal, more = {}) =>
      refreshReadModel({
        server: main,
        readModel,
        journal,
        clock: systemClock,
        logger: silent,
        runner: 'test',
        ...(signal ? { signal } : {}),
        ...more,
      }),
    left: async () => {
      const found = await admin.query<{ name: string }>(
        `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname not in ('erp', 'pg_catalog', 'information_schema', 'pg_toast')
        union all select nspname from pg_namespace
        where nspname not in ('erp', 'public', 'pg_catalog', 'information_schema', 'pg_toast')
          and nspname not like 'pg_t%temp%' order by 1`,
      );
      return found.rows.map(({ name }) => name);
    },
    close: async () => {
      for (const client of clients) await client.end().catch(() => undefined);
      for (const opened of servers) await opened.close();
      await admin.end();
      await database.drop();
      const cleaner = new pg.Client({ ...server, database: 'postgres' });
      await cleaner.connect();
      await cleaner.query(`drop role ${daybreak}; drop role ${boss};`);
      await cleaner.end();
    },
  };
}

export const salesByRegion = `select region, sum(amount) as amount, count(*) as invoices
from erp.invoice group by region`;

/** The failure that a promise ends with; fails the test when it does not. */
export async function failureOf(work: Promise<unknown>) {
  try {
    await work;
  } catch (error) {
    if (isFailure(error)) return error.value;
    throw error;
  }
  throw new Error('it was expected to fail');
}
