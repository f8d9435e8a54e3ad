import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedServer } from '../../../resources/demo-erp/embedded-server.ts';
import { openServer } from '../../../electron/core/postgres/connect.ts';
import type { Server } from '../../../electron/core/postgres/session.ts';
import type { Journal } from '../../../electron/core/read-model/journal.ts';
import { planCreateOrNewVersion } from '../../../electron/core/read-model/plan-for.ts';
import { propose } from '../../../electron/core/read-model/propose/propose.ts';
import { ScheduleChanges } from '../../../electron/core/read-model/registry/schedule-changes.ts';
import { executePlan } from '../../../electron/core/read-model/swap/execute-plan.ts';
import { silent, systemClock } from '../../postgres/read-model/tools.ts';

/** Where the race happens: a server of its own with an ERP and read models that are due again and again. */
export interface RaceShop {
  readonly url: string;
  readonly password: string;
  readonly admin: pg.Client;
  readonly server: Server;
  /** Holds up everybody who reads the ERP's table, in the middle of a refresh. */
  stall(ms: number): Promise<void>;
  stop(): Promise<void>;
}

const forgetful: Journal = {
  actor: 'bench',
  saveExecution: async () => undefined,
  setPlanState: async () => undefined,
  saveRun: async () => undefined,
  beginStatement: async () => 0,
  endStatement: async () => undefined,
};

/** A server for the run; a test hands in one that it has already, as `postgres://` of a superuser. */
export async function openRaceShop(options: {
  readonly models: number;
  readonly everySeconds: number;
  readonly atOnce: number;
  readonly url?: string;
}): Promise<RaceShop> {
  const own = options.url === undefined ? await startOwn() : null;
  const url = options.url ?? own?.url ?? '';
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`
    create schema erp;
    create table erp.invoice (invoice_id bigint primary key, region text not null, amount numeric(12,2) not null);
    insert into erp.invoice select n, 'region ' || n % 40, n * 1.01 from generate_series(1, 2000) n`);
  const { hostname, port, pathname, username, password } = new URL(url);
  const server = await openServer({
    serverId: 'bench',
    settings: {
      label: 'bench',
      environment: 'development',
      host: hostname,
      port: Number(port),
      database: pathname.slice(1),
      user: username,
      tlsMode: 'disable',
      tlsCaFile: null,
      passfile: null,
      cores: null,
      readModelSchema: 'reporting',
    },
    password: decodeURIComponent(password),
    clock: systemClock,
    logger: silent,
  });
  const changes = new ScheduleChanges(server, { journal: forgetful, clock: systemClock });
  for (let at = 0; at < options.models; at += 1) {
    const name = `model_${at}`;
    const proposal = await propose({
      server,
      schema: 'reporting',
      origin: {
        kind: 'sql',
        sql: `select region, sum(amount) as amount, ${at} as model from erp.invoice group by region`,
      },
      edits: { name, question: 'How much by region?', owner: 'Controlling', keyColumns: ['region'] },
    });
    const plan = await planCreateOrNewVersion({
      server,
      schema: 'reporting',
      proposal,
      planId: randomUUID(),
      nowMs: Date.now(),
      onBreaking: undefined,
    });
    await executePlan({ server, plan, journal: forgetful, clock: systemClock, logger: silent });
    await changes.set(name, { kind: 'cron', expression: `*/${options.everySeconds} * * * * *`, timeZone: 'UTC' });
  }
  await changes.saveSettings({ atOnce: options.atOnce, effort: { workers: 0 }, guard: false, keepRunsDays: 90 });
  // A witness beside the registry: every commit that shows new rows, whoever made it.
  await admin.query(`
    create schema witness;
    create table witness.shown (copy_id text, as_of timestamptz, xid xid8 default pg_current_xact_id(), at timestamptz default clock_timestamp());
    create function witness.note() returns trigger language plpgsql as
      $$ begin insert into witness.shown (copy_id, as_of) values (new.copy_id, new.data_as_of); return null; end $$;
    create trigger note after update of data_as_of on daybreak.copy for each row execute function witness.note();
    delete from daybreak.run`);
  const stalling = new pg.Client({ connectionString: url });
  await stalling.connect();
  return {
    url,
    password: decodeURIComponent(password),
    admin,
    server,
    async stall(ms) {
      await stalling.query('begin; lock table erp.invoice in access exclusive mode');
      await systemClock.sleep(ms);
      await stalling.query('commit');
    },
    async stop() {
      await stalling.end();
      await server.close();
      await admin.end();
      await own?.stop();
    },
  };
}

async function startOwn(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'daybreak-bench-agent-'));
  await chmod(dir, 0o711); // the server runs as another user when the bench runs as root
  const running = await startEmbeddedServer({
    dir,
    ephemeral: true,
    settings: { fsync: 'off', synchronous_commit: 'off', max_connections: '150' },
  });
  const { host, port, user, password } = running;
  const url = `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/postgres`;
  return { url, stop: () => running.stop() };
}
