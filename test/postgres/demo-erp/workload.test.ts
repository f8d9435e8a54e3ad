import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDemoErp, removeDemoErp, type DemoErp } from '../../../resources/demo-erp/open-demo.ts';
import { startWorkload, type WorkloadOptions } from '../../../resources/demo-erp/workload/start-workload.ts';
import { loadReportSchema, type LoadReport } from '../../../shared/model/demo.ts';

let dir: string;
let demo: DemoErp;
let admin: pg.Client;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'daybreak-load-'));
  demo = await openDemoErp({ dir, scale: 0.005, serverSettings: { fsync: 'off', shared_buffers: '32MB' } });
  admin = new pg.Client({ ...demo.adminConnection });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await demo.stop();
  await removeDemoErp(dir);
});

const executive = () =>
  demo.widgets.filter(({ kind }) => kind === 'executive').map(({ widgetId, liveSql }) => ({ widgetId, sql: liveSql }));
const options = (more: Partial<WorkloadOptions> = {}): WorkloadOptions => ({
  app: demo.appConnection,
  dashboards: demo.dashboardsConnection,
  ratePerSecond: 20,
  managers: 2,
  dashboardEverySeconds: 1,
  widgets: executive(),
  seed: 3,
  durationSeconds: 3,
  ...more,
});
const one = async (sql: string): Promise<number[]> =>
  (await admin.query<number[]>({ text: sql, rowMode: 'array' })).rows[0] ?? [];
const sessionsOf = (name: string) =>
  one(`select count(*)::int from pg_stat_activity where application_name = '${name}' and state <> 'idle'`);
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 100));
}

test('invoices are saved at the fixed rate, whole, and two runs of a seed issue the same work', async () => {
  const count = `select (select count(*)::int from erp.ar_invoice), (select count(*)::int from erp.ar_invoice_line),
    (select count(*)::int from erp.stock_movement), (select count(*)::int from erp.gl_entry)`;
  const [invoices = 0, lines = 0, movements = 0, entries = 0] = await one(count);
  const reports: LoadReport[] = [];
  const workload = startWorkload(options({ onReport: (report) => reports.push(report) }));
  const first = await workload.finished;
  expect(loadReportSchema.parse(first)).toEqual(first);
  expect(first.errors).toEqual({ saves: 0, loads: 0, first: null });
  expect(first.save.n).toBe(60);
  expect(first.dashboard.loads + first.dashboard.skipped + (first.dashboard.cutOff ?? 0)).toBeGreaterThanOrEqual(4);
  expect(first.dashboard.loads).toBeGreaterThan(0);
  expect(reports.length).toBeGreaterThan(0);
  expect(workload.current()).not.toBeNull();
  expect(await one(count)).toEqual([invoices + 60, lines + 180, movements + 180, entries + 120]);
  expect(
    await one(`select (select count(*)::int from (select from erp.ar_invoice i join erp.ar_invoice_line l using (invoice_id)
                 group by i.invoice_id, i.total_amount having sum(line_amount) <> i.total_amount) t),
               (select count(*)::int from (select from erp.gl_entry where document_no like 'INV%'
                 group by document_no having sum(debit) <> sum(credit)) t),
               (select count(*)::int from (select item_id, warehouse_id, sum(quantity) as moved from erp.stock_movement
                 group by 1, 2) m join erp.stock s using (item_id, warehouse_id) where moved <> on_hand)`),
  ).toEqual([0, 0, 0]);

  const [second, other] = [await startWorkload(options()).finished, await startWorkload(options({ seed: 4 })).finished];
  expect(second.workDigest).toBe(first.workDigest);
  expect(other.workDigest).not.toBe(first.workDigest);
});

test('a manager has one load in flight: starts meanwhile are skipped, and the end cuts a long report off', async () => {
  const widgets = [{ widgetId: 'endless', sql: 'select pg_sleep(600)' }];
  const workload = startWorkload(options({ widgets, durationSeconds: 4 }));
  await until(async () => (await sessionsOf('metabase'))[0] === 2);
  const report = await workload.finished;
  expect(report.dashboard).toMatchObject({ loads: 0, cutOff: 2 });
  expect(report.dashboard.skipped).toBeGreaterThanOrEqual(4);
  expect(report.dashboard.p50Ms).toBeGreaterThan(1000);
  expect(report.errors.loads).toBe(0);
  await until(async () => (await sessionsOf('metabase'))[0] === 0);
});

test('widgets and saves that fail are counted with the first error, and the load goes on', async () => {
  await admin.query('alter table erp.gl_entry add constraint closed check (posted_on < current_date) not valid');
  const widgets = [{ widgetId: 'gone', sql: 'select * from erp.gone' }];
  const report = await startWorkload(options({ widgets, durationSeconds: 2 })).finished;
  await admin.query('alter table erp.gl_entry drop constraint closed');
  expect(report.save.n).toBe(0);
  expect(report.errors.saves).toBe(40);
  expect(report.errors.loads).toBeGreaterThan(0);
  expect(report.errors.first).toMatch(/closed|gone/);
});

test('a load without an end runs until it is stopped, and an aborted one answers with what it measured', async () => {
  const abort = new AbortController();
  const workload = startWorkload(options({ durationSeconds: undefined, signal: abort.signal }));
  await until(async () => workload.current() !== null);
  abort.abort();
  const report = await workload.finished;
  expect(report.save.n).toBeGreaterThan(0);
  expect(await workload.stop()).toEqual(report);
});

test('a driver that cannot log in says why', async () => {
  const workload = startWorkload(options({ app: { ...demo.appConnection, password: 'wrong' } }));
  await expect(workload.finished).rejects.toThrow(/password authentication failed for user "erp_app"/);
});

test('kill -9 of the parent ends the load and its running reports', async () => {
  const module = new URL('../../../resources/demo-erp/workload/start-workload.ts', import.meta.url);
  const order = options({ widgets: [{ widgetId: 'endless', sql: 'select pg_sleep(600)' }], durationSeconds: 600 });
  const script = `import { startWorkload } from ${JSON.stringify(module.href)};
    startWorkload({ ...${JSON.stringify(order)}, onReport: () => console.log('running') });`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(createInterface({ input: parent.stdout }), 'line');
  await until(async () => (await sessionsOf('metabase'))[0] === 2);
  parent.kill('SIGKILL');
  await until(async () => {
    const [left] = await one(
      `select count(*)::int from pg_stat_activity where application_name in ('metabase', 'erp')`,
    );
    return left === 0;
  });
});
