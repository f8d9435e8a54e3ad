import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openServer } from '../../electron/core/postgres/connect.ts';
import { planCreateOrNewVersion } from '../../electron/core/read-model/plan-for.ts';
import { propose } from '../../electron/core/read-model/propose/propose.ts';
import { ScheduleChanges } from '../../electron/core/read-model/registry/schedule-changes.ts';
import { executePlan } from '../../electron/core/read-model/swap/execute-plan.ts';
import { startEmbeddedServer, type EmbeddedServer } from '../../resources/demo-erp/embedded-server.ts';
import type { ConnectionSettings } from '../../shared/model/connection.ts';
import type { Proposal } from '../../shared/model/read-model.ts';
import type { Schedule } from '../../shared/model/schedule.ts';
import { MemoryJournal, silent, systemClock } from '../postgres/read-model/fixture.ts';

/** A server of its own, which may be stopped, with an ERP and read models of every kind of schedule. */
export interface OutageShop {
  readonly settings: ConnectionSettings;
  readonly password: string;
  /** Over a connection of its own that ends with the answer. */
  sql<R extends object>(text: string): Promise<R[]>;
  /** Holds up everybody who reads the ERP's table, until the returned function is called or the server ends. */
  block(): Promise<() => Promise<void>>;
  /** As `pg_ctl stop`, in good order or at once, which is a crash for whoever is connected. */
  stopServer(mode: 'fast' | 'immediate'): Promise<void>;
  startServer(): Promise<void>;
  /** So much time has gone by on the server's clock: all moments of the registry lie so much further back. */
  age(interval: string): Promise<void>;
  close(): Promise<void>;
}

const consumers = [{ consumer: 'a report', owner: 'Controlling', budget: { minutes: 30 } }];
const sumBy = (column: string) => `select ${column}, sum(amount) as amount from erp.invoice group by ${column}`;

/** Every ten minutes, and five away from the next: no time of it comes while a test runs. */
function everyTenMinutes(nowMs: number): Schedule {
  const minute = new Date(nowMs).getUTCMinutes() + 5;
  const minutes = [0, 10, 20, 30, 40, 50].map((more) => (minute + more) % 60).toSorted((a, b) => a - b);
  return { kind: 'cron', expression: `${minutes.join(',')} * * * *`, timeZone: 'UTC' };
}

interface ShopModel {
  readonly name: string;
  readonly sql: string;
  readonly key: string;
  readonly consumers: Proposal['consumers'];
  readonly schedule: Schedule;
}

const models = (nowMs: number): readonly ShopModel[] => [
  { name: 'by_region', sql: sumBy('region'), key: 'region', consumers, schedule: { kind: 'budget' } },
  {
    name: 'on_by_region',
    sql: 'select region, sum(amount) as amount from reporting.by_region group by region',
    key: 'region',
    consumers,
    schedule: { kind: 'budget' },
  },
  { name: 'by_category', sql: sumBy('category'), key: 'category', consumers: [], schedule: everyTenMinutes(nowMs) },
  {
    name: 'follows_category',
    sql: `${sumBy('category')} having count(*) > 1`,
    key: 'category',
    consumers: [],
    schedule: { kind: 'after', parents: ['by_category'] },
  },
  {
    name: 'by_hand',
    sql: `${sumBy('region')} having count(*) > 1`,
    key: 'region',
    consumers: [],
    schedule: { kind: 'hand' },
  },
];

export async function openOutageShop(): Promise<OutageShop> {
  const dir = await mkdtemp(join(tmpdir(), 'daybreak-outage-'));
  await chmod(dir, 0o711); // the server runs as another user when the tests run as root
  const start = (port?: number) =>
    startEmbeddedServer({ dir, settings: { fsync: 'off', shared_buffers: '32MB' }, ...(port ? { port } : {}) });
  let server: EmbeddedServer = await start();
  const { host, port, user, password } = server;
  const connect = async () => {
    const client = new pg.Client({ host, port, user, password, database: 'postgres' });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  const sql = async <R extends object>(text: string) => {
    const client = await connect();
    try {
      return (await client.query<R>(text)).rows;
    } finally {
      await client.end();
    }
  };
  const settings: ConnectionSettings = {
    label: 'erp',
    environment: 'development',
    host,
    port,
    database: 'postgres',
    user,
    tlsMode: 'disable',
    tlsCaFile: null,
    passfile: null,
    cores: 2,
    readModelSchema: 'reporting',
  };
  const shop: OutageShop = {
    settings,
    password,
    sql,
    async block() {
      const client = await connect();
      await client.query('begin; lock table erp.invoice in access exclusive mode');
      return async () => {
        await client.query('commit').catch(() => undefined); // it went with its server
        await client.end().catch(() => undefined);
      };
    },
    async stopServer(mode) {
      if (mode === 'fast') return server.stop();
      process.kill(server.pid, 'SIGQUIT');
      await server.exited;
    },
    async startServer() {
      server = await start(port);
    },
    async age(interval) {
      await sql(`do $$ declare moment record; begin
        for moment in select table_name, string_agg(format('%1$I = %1$I - interval %2$L', column_name, '${interval}'), ', ') as moved
          from information_schema.columns
          where table_schema = 'daybreak' and data_type = 'timestamp with time zone' group by table_name
        loop execute format('update daybreak.%I set %s', moment.table_name, moment.moved); end loop; end $$`);
    },
    async close() {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
  try {
    await build(shop);
  } catch (error) {
    await shop.close();
    throw error;
  }
  return shop;
}

async function build({ sql, settings, password }: OutageShop): Promise<void> {
  await sql(`create schema erp;
    create table erp.invoice (invoice_id bigint primary key, region text not null, category text not null, amount numeric(12,2) not null);
    insert into erp.invoice select n, 'region ' || n % 5, 'category ' || n % 3, n * 1.01 from generate_series(1, 200) n`);
  const server = await openServer({ serverId: 'build', settings, password, clock: systemClock, logger: silent });
  try {
    const journal = new MemoryJournal();
    const changes = new ScheduleChanges(server, { journal, clock: systemClock });
    const nowMs = Date.now();
    for (const { name, sql: definition, key, consumers: readers, schedule } of models(nowMs)) {
      const proposal = await propose({
        server,
        schema: 'reporting',
        origin: { kind: 'sql', sql: definition },
        edits: {
          name,
          question: 'How much?',
          owner: 'Controlling',
          keyColumns: [key],
          consumers: readers,
        },
      });
      const plan = await planCreateOrNewVersion({
        server,
        schema: 'reporting',
        proposal,
        planId: randomUUID(),
        nowMs,
        onBreaking: undefined,
      });
      await executePlan({ server, plan, journal, clock: systemClock, logger: silent });
      await changes.set(name, schedule);
    }
    const settingsOfRunner = { atOnce: 2, effort: { workers: 0 }, guard: false, keepRunsDays: 90 };
    await changes.saveSettings(settingsOfRunner);
  } finally {
    await server.close();
  }
}
