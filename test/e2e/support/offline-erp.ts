import { join } from 'node:path';
import pg from 'pg';
import { openHistory } from '../../../electron/core/history/open-history.ts';
import { registryMigrations } from '../../../electron/core/read-model/registry/migrations.ts';
import { startEmbeddedServer, type EmbeddedServer } from '../../../resources/demo-erp/embedded-server.ts';
import type { Dashboard } from '../../../shared/model/dashboard.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** An ERP with one dashboard, whose database can be stopped and started again on its port. */
export interface OfflineErp {
  readonly serverId: string;
  readonly password: string;
  /** Another business day: other amounts, read at another moment. */
  nextDay(factor: number): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

const widgets: Dashboard['widgets'] = [
  {
    widgetId: 'sales',
    title: 'Sales by region',
    question: 'What was sold in each region?',
    kind: 'bar',
    source: {
      kind: 'read_model',
      readModel: 'sales',
      sql: 'select as_of, region, amount from reporting.sales order by region',
    },
    budget: { minutes: 30 },
    x: 'region',
    series: null,
    values: ['amount'],
    formats: { region: 'text', amount: 'money' },
    currency: 'EUR',
    layout: { x: 0, y: 0, w: 6, h: 5 },
  },
  {
    widgetId: 'open',
    title: 'Open approvals',
    question: 'How many approvals are open?',
    kind: 'number',
    source: { kind: 'live', sql: 'select count(*) as open from erp.approval' },
    budget: 'live',
    x: null,
    series: null,
    values: ['open'],
    formats: { open: 'integer' },
    currency: null,
    layout: { x: 6, y: 0, w: 3, h: 3 },
  },
];

/** Starts the database, and writes connection and dashboard into the profile before any engine opens it. */
export async function offlineErp(profile: string): Promise<OfflineErp> {
  const dir = join(profile, 'database');
  const settings = { fsync: 'off', shared_buffers: '32MB' };
  let server: EmbeddedServer = await startEmbeddedServer({ dir, settings });
  const { host, port, user, password } = server;
  const sql = async (text: string): Promise<void> => {
    const client = new pg.Client({ host, port, user, password, database: 'postgres' });
    await client.connect();
    await client.query(text).finally(() => client.end());
  };
  for (const statement of registryMigrations.flatMap(({ statements }) => statements)) await sql(statement);
  await sql(`
    create schema erp; create schema reporting;
    create table erp.approval as select n from generate_series(1, 12) n;
    insert into daybreak.read_model (name, schema_name, question, owner) values ('sales', 'reporting', '?', 'Anna');
    insert into daybreak.version (read_model, version, definition_sql, key_columns, columns, parents, state, live_slot, plan_id)
      values ('sales', 1, 'select 1', '{}', '[]', '{}', 'current', 'a', 'p');
    insert into daybreak.copy (copy_id, read_model, version, slot, data_as_of)
      values ('sales_v1_a', 'sales', 1, 'a', now() - interval '2 hours');
    create table reporting.sales_v1_a (region text, amount numeric);
    insert into reporting.sales_v1_a values ('North', 61731.10), ('South', 48120.00), ('West', 30511.75);
    create view reporting.sales as
      select (select data_as_of from daybreak.copy where copy_id = 'sales_v1_a') as as_of, c.region, c.amount
      from reporting.sales_v1_a as c`);
  const serverId = 'erp';
  const history = await openHistory({ file: join(profile, 'daybreak.sqlite'), logger: quiet });
  await history.connections.save({
    serverId,
    settings: {
      label: 'Invoices',
      environment: 'production',
      host,
      port,
      database: 'postgres',
      user,
      tlsMode: 'disable',
      tlsCaFile: null,
      passfile: null,
      cores: 2,
      readModelSchema: 'reporting',
    },
    lastConnectedAtMs: null,
    lastFacts: null,
  });
  await history.dashboards.save({ dashboardId: 'executive', serverId, title: 'Executive', widgets });
  await history.close();
  return {
    serverId,
    password,
    nextDay: (factor) =>
      sql(`update daybreak.copy set data_as_of = now(); update reporting.sales_v1_a set amount = amount * ${factor}`),
    stop: () => server.stop(),
    async start() {
      server = await startEmbeddedServer({ dir, settings, port });
    },
  };
}
