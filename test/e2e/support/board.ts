import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openHistory } from '../../../electron/core/history/open-history.ts';
import { registryMigrations } from '../../../electron/core/read-model/registry/migrations.ts';
import { startEmbeddedServer, type EmbeddedServer } from '../../../resources/demo-erp/embedded-server.ts';
import type { Dashboard, Widget, WidgetSource } from '../../../shared/model/dashboard.ts';
import { silentLogger } from '../../support/door.ts';
import { call } from './doors.ts';

/** A board's dashboard over read models whose age a test can set, and over one live widget. */
export interface Board {
  readonly serverId: string;
  readonly sql: pg.Client;
  readonly server: EmbeddedServer;
  /** What the read model says of its age from now on: ISO 8601; null: it does not know. */
  setAsOf(readModel: string, asOf: string | null): Promise<void>;
  connect(profile: string): Promise<void>;
  /** Starts the server again where it stopped. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

const numbers: readonly (readonly [string, string, Widget['budget']])[] = [
  ['sales', 'Sales', { minutes: 60 }],
  ['margin', 'Margin', { nightly: { at: '04:00', timeZone: 'Europe/Berlin' } }],
  ['stock', 'Stock', { minutes: 30 }],
];

const widget = (
  place: number,
  widgetId: string,
  title: string,
  budget: Widget['budget'],
  source: WidgetSource,
): Widget => ({
  widgetId,
  title,
  question: `How much is ${title.toLowerCase()}?`,
  kind: 'number',
  source,
  budget,
  x: null,
  series: null,
  values: ['amount'],
  formats: { amount: 'money' },
  currency: 'EUR',
  layout: { x: (place % 3) * 4, y: Math.floor(place / 3) * 3, w: 4, h: 3 },
});

export const boardOf = (serverId: string): Dashboard => ({
  dashboardId: 'board',
  serverId,
  title: 'Board',
  widgets: [
    ...numbers.map(([name, title, budget], place) =>
      widget(place, name, title, budget, {
        kind: 'read_model',
        readModel: name,
        sql: `select as_of, amount from reporting.${name}`,
      }),
    ),
    widget(3, 'approvals', 'Open approvals', 'live', {
      kind: 'live',
      sql: 'select count(*) as amount from erp.approval',
    }),
    widget(
      4,
      'growth',
      'Growth',
      { minutes: 60 },
      {
        kind: 'read_model',
        readModel: 'sales',
        sql: 'select amount from reporting.sales',
      },
    ),
  ],
});

/** A PostgreSQL of the test's own with a registry, stable views and the profile that shows them. */
export async function openBoard(profile: string): Promise<Board> {
  const dir = mkdtempSync(join(tmpdir(), 'daybreak-e2e-board-'));
  chmodSync(dir, 0o711);
  const settings = { fsync: 'off', synchronous_commit: 'off', shared_buffers: '32MB' };
  let server = await startEmbeddedServer({ dir, settings });
  const connectAdmin = async () => {
    const client = new pg.Client({ ...address(server), database: 'postgres' });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  let sql = await connectAdmin();
  for (const statement of registryMigrations.flatMap(({ statements }) => statements)) await sql.query(statement);
  await sql.query(`create schema erp; create schema reporting;
    create table erp.approval (n int); insert into erp.approval select generate_series(1, 17);`);
  for (const [name] of numbers) {
    await sql.query(`insert into daybreak.read_model (name, schema_name, question, owner) values ('${name}', 'reporting', '?', 'Board');
      insert into daybreak.version (read_model, version, definition_sql, key_columns, columns, parents, state, live_slot, plan_id)
        values ('${name}', 1, 'select 1', '{}', '[]', '{}', 'current', 'a', 'p');
      insert into daybreak.copy (copy_id, read_model, version, slot, data_as_of) values ('${name}_v1_a', '${name}', 1, 'a', now());
      create table reporting.${name}_v1_a (amount numeric); insert into reporting.${name}_v1_a values (184220.40);
      create view reporting.${name} as
        select (select data_as_of from daybreak.copy where copy_id = '${name}_v1_a') as as_of, c.amount
        from reporting.${name}_v1_a as c;`);
  }
  const serverId = 'board-server';
  const history = await openHistory({ file: join(profile, 'daybreak.sqlite'), logger: silentLogger });
  await history.connections.save({
    serverId,
    settings: {
      label: 'erp-prod',
      environment: 'production',
      host: server.host,
      port: server.port,
      database: 'postgres',
      user: server.user,
      tlsMode: 'disable',
      tlsCaFile: null,
      passfile: null,
      cores: 2,
      readModelSchema: 'reporting',
    },
    lastConnectedAtMs: Date.now(),
    lastFacts: null,
  });
  await history.dashboards.save(boardOf(serverId));
  await history.close();
  return {
    serverId,
    get sql() {
      return sql;
    },
    get server() {
      return server;
    },
    setAsOf: async (readModel, asOf) =>
      void (await sql.query('update daybreak.copy set data_as_of = $1 where read_model = $2', [asOf, readModel])),
    connect: async (here) => void (await call(here, 'connections.connect', { serverId, password: server.password })),
    restart: async () => {
      server = await startEmbeddedServer({ dir, settings, port: server.port });
      sql = await connectAdmin();
    },
    close: async () => {
      await sql.end().catch(() => undefined);
      await server.stop();
    },
  };
}

const address = ({ host, port, user, password }: EmbeddedServer) => ({ host, port, user, password });
