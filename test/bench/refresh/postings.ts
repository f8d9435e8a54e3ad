import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedServer } from '../../../resources/demo-erp/embedded-server.ts';
import { openServer } from '../../../electron/core/postgres/connect.ts';
import type { Journal } from '../../../electron/core/read-model/journal.ts';
import { planCreateOrNewVersion } from '../../../electron/core/read-model/plan-for.ts';
import { propose } from '../../../electron/core/read-model/propose/propose.ts';
import { refreshReadModel } from '../../../electron/core/read-model/refresh/refresh.ts';
import { executePlan } from '../../../electron/core/read-model/swap/execute-plan.ts';
import type { Period } from '../../../shared/model/period.ts';
import type { RefreshMode, Run } from '../../../shared/model/read-model.ts';
import { silent, systemClock } from '../../postgres/read-model/tools.ts';

const timeZone = 'Europe/Berlin';
const accounts = 1000;
const postingsPerGroup = 2;
const debianBinDir = '/usr/lib/postgresql/15/bin';

/** One group a day and account: the model has as many rows as was asked for. */
const definition = `select (posted_at at time zone '${timeZone}')::date as day, account, sum(amount) as amount,
  count(*) as postings from erp.posting group by 1, 2`;

/** Both hold the same rows; the one is made of materialized views, the other of tables that are cut by day. */
export type ModelName = 'sales' | 'sales_by_day';

export interface Postings {
  /** e.g. '18.4'. */
  readonly version: string;
  /** Days that are open, which all dirty groups lie in: 1 % of the groups, rounded up. */
  readonly dirtyDays: number;
  readonly groups: number;
  readonly dirtyGroups: number;
  /** Changes every group of the open days. */
  change(): Promise<void>;
  /** What an administrator does in a quiet minute, so that it does not fall into a measurement. */
  settle(): Promise<void>;
  refresh(model: ModelName, mode: RefreshMode): Promise<Run>;
  /** What a refresh has to compute, again and again, for `ms`; nothing is written. */
  work(ms: number): Promise<void>;
  /** Rows that the model and the definition do not share. */
  differing(model: ModelName): Promise<number>;
  /** Where a reader connects to. */
  readonly readerUrl: string;
  /** What the engine did since the last call, oldest first. */
  phases(): readonly Phase[];
  stop(): Promise<void>;
}

/** Statements of one transaction of a refresh, from the first's beginning to the commit. */
export interface Phase {
  readonly purpose: string;
  readonly beganAtMs: number;
  readonly endedAtMs: number;
}

/** Remembers only when each transaction began and ended. */
function timingJournal(): { readonly journal: Journal; take(): readonly Phase[] } {
  let phases: { purpose: string; beganAtMs: number; endedAtMs: number }[] = [];
  return {
    journal: {
      actor: 'bench',
      saveExecution: async () => undefined,
      setPlanState: async () => undefined,
      saveRun: async () => undefined,
      beginStatement: async ({ purpose }) => {
        const last = phases.at(-1);
        if (last?.purpose === purpose) return phases.length - 1;
        phases.push({ purpose, beganAtMs: Date.now(), endedAtMs: Number.POSITIVE_INFINITY });
        return phases.length - 1;
      },
      endStatement: async (at) => {
        const phase = phases[at];
        if (phase !== undefined) phase.endedAtMs = Date.now();
      },
    },
    take: () => {
      const taken = phases;
      phases = [];
      return taken;
    },
  };
}

/** A server of its own with durability as PostgreSQL ships it, a ledger up to today, and two read models over it. */
export async function openPostings(options: { readonly major: 15 | 18; readonly rows: number }): Promise<Postings> {
  const dir = await mkdtemp(join(tmpdir(), `daybreak-bench-refresh-pg${options.major}-`));
  await chmod(dir, 0o711); // the server runs as another user when the bench runs as root
  const running = await startEmbeddedServer({
    dir,
    ephemeral: true,
    // Checkpoints and vacuums come when asked for, between two measurements.
    settings: { checkpoint_timeout: '1h', max_wal_size: '16GB', autovacuum: 'off' },
    ...(options.major === 15 ? { binaries: { binDir: debianBinDir, major: 15 } } : {}),
  });
  const { host, port, user, password } = running;
  const connect = async () => {
    const client = new pg.Client({ host, port, user, password, database: 'postgres' });
    await client.connect();
    return client;
  };
  const admin = await connect();
  const days = Math.max(2, Math.round(options.rows / accounts));
  const dirtyDays = Math.ceil(days / 100);
  await admin.query(`
    create schema erp;
    create table erp.posting (
      posting_id bigint primary key, posted_at timestamptz not null, account int not null, amount numeric(12,2) not null)`);
  await admin.query(
    `insert into erp.posting
    select ((d - 1) * ${accounts} + a) * ${postingsPerGroup} + p,
      ((now() at time zone '${timeZone}')::date - (${days} - d) + interval '12 hours' + a * interval '1 second')
        at time zone '${timeZone}', a, (a * 7 + d * 3 + p) % 1000 + 0.99
    from generate_series(1, ${days}) d, generate_series(1, ${accounts}) a, generate_series(1, ${postingsPerGroup}) p`,
  );
  await admin.query('create index on erp.posting (posted_at)');
  await admin.query('vacuum analyze erp.posting');
  const server = await openServer({
    serverId: 'bench',
    settings: {
      label: 'bench',
      environment: 'development',
      host,
      port,
      database: 'postgres',
      user,
      tlsMode: 'disable',
      tlsCaFile: null,
      passfile: null,
      cores: null,
      readModelSchema: 'reporting',
    },
    password,
    clock: systemClock,
    logger: silent,
  });
  const { journal, take } = timingJournal();
  const build = async (name: ModelName, period?: Period) => {
    const proposal = await propose({
      server,
      schema: 'reporting',
      origin: { kind: 'sql', sql: definition },
      edits: { name, keyColumns: ['day', 'account'], ...(period === undefined ? {} : { period }) },
    });
    const stamp = { server, planId: randomUUID(), nowMs: Date.now() };
    const plan = await planCreateOrNewVersion({ ...stamp, schema: 'reporting', proposal });
    await executePlan({ server, plan, journal, clock: systemClock, logger: silent });
  };
  await build('sales');
  await build('sales_by_day', { column: 'day', grain: 'day', timeZone, openPeriods: dirtyDays });
  const { rows: versions } = await admin.query<{ server_version: string }>('show server_version');
  return {
    version: versions[0]?.server_version ?? '',
    dirtyDays,
    groups: days * accounts,
    dirtyGroups: dirtyDays * accounts,
    async change() {
      await admin.query(
        `update erp.posting set amount = amount + 1
        where posted_at >= ((now() at time zone '${timeZone}')::date - ${dirtyDays - 1})::timestamp at time zone '${timeZone}'`,
      );
    },
    async settle() {
      await admin.query('vacuum analyze erp.posting');
      await admin.query('checkpoint');
    },
    refresh: (readModel, mode) =>
      refreshReadModel({ server, readModel, mode, journal, clock: systemClock, logger: silent, runner: 'bench' }),
    async work(ms) {
      const worker = await connect();
      const untilMs = performance.now() + ms;
      while (performance.now() < untilMs) await worker.query(`select count(*), max(day) from (${definition}) d`);
      await worker.end();
    },
    async differing(model) {
      const columns = 'day, account, amount, postings';
      const { rows } = await admin.query<{ n: number }>(
        `select count(*)::int as n from (
          (select ${columns} from (${definition}) d except all select ${columns} from reporting.${model})
          union all (select ${columns} from reporting.${model} except all select ${columns} from (${definition}) d)) as both_ways`,
      );
      return rows[0]?.n ?? Number.NaN;
    },
    readerUrl: `postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}/postgres`,
    phases: take,
    async stop() {
      await server.close();
      await admin.end();
      await running.stop();
    },
  };
}
