import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedServer } from '../../../resources/demo-erp/embedded-server.ts';
import { openServer } from '../../../electron/core/postgres/connect.ts';
import type { Journal } from '../../../electron/core/read-model/journal.ts';
import { planCreateOrNewVersion, planRollBack } from '../../../electron/core/read-model/plan-for.ts';
import { propose } from '../../../electron/core/read-model/propose/propose.ts';
import { refreshReadModel } from '../../../electron/core/read-model/refresh/refresh.ts';
import { executePlan } from '../../../electron/core/read-model/swap/execute-plan.ts';
import type { Execution, Plan } from '../../../shared/model/read-model.ts';
import { silent, systemClock } from '../../postgres/read-model/tools.ts';
import { dressView } from '../../support/stable-view-objects.ts';

const debianBinDir = '/usr/lib/postgresql/15/bin';
const regions = 2000;

/** The second version shows one column more. */
const definition = (version: 1 | 2) => `select region, day, sum(amount) as amount, max(${version}) as v
  ${version === 1 ? '' : ', count(*) as invoices'} from erp.invoice group by region, day`;

const journal: Journal = {
  actor: 'bench',
  saveExecution: async () => undefined,
  setPlanState: async () => undefined,
  saveRun: async () => undefined,
  beginStatement: async () => 0,
  endStatement: async () => undefined,
};

export interface Sales {
  readonly version: string;
  readonly admin: pg.Client;
  /** As a role that may read the stable view, by rights of its own. */
  readonly readerUrl: string;
  planVersion2(): Promise<Plan>;
  planRollBack(): Promise<Plan>;
  execute(plan: Plan, onProgress?: (execution: Execution) => void): Promise<Execution>;
  refreshBeside(): Promise<unknown>;
  /** A report on the stable view that takes as long, in one statement. Resolves at its end. */
  report(seconds: number): Promise<void>;
  stop(): Promise<void>;
}

/** A server of its own with a table of invoices, and a read model over it with one of everything hung on its view. */
export async function openSales({ major, rows }: { major: 15 | 18; rows: number }): Promise<Sales> {
  const dir = await mkdtemp(join(tmpdir(), `daybreak-bench-swap-pg${major}-`));
  await chmod(dir, 0o711); // the server runs as another user when the bench runs as root
  const running = await startEmbeddedServer({
    dir,
    ephemeral: true,
    settings: {},
    ...(major === 15 ? { binaries: { binDir: debianBinDir, major: 15 } } : {}),
  });
  const { host, port, user, password } = running;
  const admin = new pg.Client({ host, port, user, password, database: 'postgres' });
  await admin.connect();
  await admin.query(`
    create role daybreak login password 'daybreak';
    create role reader login password 'reader';
    create role other login password 'other';
    grant create on database postgres to daybreak;
    grant pg_read_all_stats to daybreak;
    create schema erp;
    create table erp.invoice (invoice_id bigint primary key, region int not null, day date not null, amount numeric(12,2) not null);
    grant usage on schema erp to daybreak;
    grant select on all tables in schema erp to daybreak`);
  await admin.query(
    `insert into erp.invoice select n, n % ${regions}, date '2026-01-01' + (n / 20000)::int, n % 1000 + 0.99
    from generate_series(1, $1::bigint) n`,
    [rows],
  );
  await admin.query('vacuum analyze erp.invoice');
  const settings = {
    label: 'bench',
    environment: 'development',
    host,
    port,
    database: 'postgres',
    user: 'daybreak',
    tlsMode: 'disable',
    tlsCaFile: null,
    passfile: null,
    cores: null,
    readModelSchema: 'reporting',
  } as const;
  const server = await openServer({
    serverId: 'bench',
    settings,
    password: 'daybreak',
    clock: systemClock,
    logger: silent,
  });
  const stamp = () => ({ server, planId: randomUUID(), nowMs: Date.now() });
  const planVersion = async (version: 1 | 2) => {
    const proposal = await propose({
      server,
      schema: 'reporting',
      origin: { kind: 'sql', sql: definition(version) },
      edits: { name: 'sales', question: 'What do we sell?', owner: 'Controlling', keyColumns: ['region', 'day'] },
    });
    return planCreateOrNewVersion({ ...stamp(), schema: 'reporting', proposal });
  };
  const execute: Sales['execute'] = (plan, onProgress) =>
    executePlan({
      server,
      plan,
      journal,
      clock: systemClock,
      logger: silent,
      ...(onProgress === undefined ? {} : { onProgress }),
    });
  await execute(await planVersion(1));
  await dressView(admin, { schema: 'reporting', view: 'sales', copy: 'sales_v1_a', reader: 'reader', other: 'other' });
  const reporter = new pg.Client({ host, port, user: 'reader', password: 'reader', database: 'postgres' });
  await reporter.connect();
  const { rows: versions } = await admin.query<{ server_version: string }>('show server_version');
  return {
    version: versions[0]?.server_version ?? '',
    admin,
    readerUrl: `postgresql://reader:reader@${host}:${port}/postgres`,
    planVersion2: () => planVersion(2),
    planRollBack: () => planRollBack({ ...stamp(), name: 'sales' }),
    execute,
    refreshBeside: () =>
      refreshReadModel({
        server,
        readModel: 'sales',
        mode: 'side_by_side',
        journal,
        clock: systemClock,
        logger: silent,
        runner: 'bench',
      }),
    report: async (seconds) => {
      await reporter.query('select sum(amount), pg_sleep($1) from reporting.sales', [seconds]);
    },
    stop: async () => {
      await server.close();
      await reporter.end();
      await admin.end();
      await running.stop();
    },
  };
}
