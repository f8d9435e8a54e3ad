import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { daybreak, printed } from '../../support/cli.ts';
import { daybreakHere } from '../../support/cli-here.ts';
import { temporaryDir } from '../../support/door.ts';
import { psql } from '../read-model/psql.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../../support/postgres.ts';

const manifest = (readModels: object) => JSON.stringify({ format: 1, readModels });
const sales = {
  question: 'What do we sell?',
  owner: 'Controlling',
  keyColumns: ['region'],
  version: 1,
  // Its definitions are written by hand.
  unproven: true,
  consumers: [{ consumer: 'monthly report', owner: 'Anna', budgetMinutes: 60 }],
};

describe.each(testServers())('daybreak models on $label', (server) => {
  let database: TestDatabase;
  let profile: ReturnType<typeof temporaryDir>;
  let dir: string;
  let admin: pg.Client;
  let env: NodeJS.ProcessEnv;
  let url: string;
  beforeEach(async () => {
    database = await createTestDatabase(server);
    profile = temporaryDir();
    dir = join(profile.path, 'definitions');
    mkdirSync(join(dir, 'sales'), { recursive: true });
    mkdirSync(join(dir, 'total'), { recursive: true });
    admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    await admin.query(`create schema erp; create table erp.invoice (region text not null, amount numeric(12,2) not null);
      insert into erp.invoice select 'region ' || n % 5, n from generate_series(1, 100) n`);
    env = { PGPASSWORD: database.password, DAYBREAK_PROFILE: join(profile.path, 'profile') };
    const bare = new URL(database.url);
    bare.password = '';
    url = bare.href;
  });
  afterEach(async () => {
    await admin.end();
    await database.drop();
    profile.remove();
  });

  const models = (what: string, ...more: string[]) =>
    daybreakHere(['models', what, '--dir', dir, '--url', url, ...more], { env });
  const write = (path: string, text: string) => writeFileSync(join(dir, path), text);
  const served = async () => {
    const { rows } = await admin.query(
      `select to_regclass('reporting.sales')::text as sales, to_regclass('reporting.total')::text as total`,
    );
    return rows[0] as unknown;
  };

  test('a folder is compared, applied in order by typed names, and agrees afterwards', async () => {
    write('daybreak.json', manifest({
      total: { ...sales, question: 'And in all?', keyColumns: ['one'] },
      sales,
    })); // prettier-ignore
    write('sales/v1.sql', 'select region, sum(amount) as amount from erp.invoice group by region\n');
    write('total/v1.sql', 'select 1 as one, sum(amount) as amount from reporting.sales\n');

    const before = await models('diff');
    expect(before).toMatchObject({ code: 1, stderr: '' });
    expect(before.stdout).toMatch(/^\+ sales: new\n[^]*\+ total: new\n.*built on sales/);

    // Nobody typed a name: the plans are shown, and nothing runs.
    const shown = await models('apply');
    expect(shown.code).toBe(1);
    expect(shown.stdout).toContain('create materialized view reporting.sales_v1_a');
    expect(shown.stdout).toContain('Not run: type sales, or say --yes sales.');
    expect(await served()).toEqual({ sales: null, total: null });

    const applied = await models('apply', '--yes', 'sales', 'total');
    expect(applied.stdout).toMatch(/serves version 1\.[^]*serves version 1\.\nThe server is as the folder says\.\n$/);
    expect(applied.code).toBe(0);
    expect(await served()).toEqual({ sales: 'reporting.sales', total: 'reporting.total' });
    expect(await models('diff')).toMatchObject({
      code: 0,
      stdout: '  sales: as in the folder, version 1\n  total: as in the folder, version 1\n',
    });
  });

  test('a changed definition is shown line by line and becomes the next version; its export agrees with it', async () => {
    write('daybreak.json', manifest({ sales }));
    write('sales/v1.sql', 'select region,\n  sum(amount) as amount\nfrom erp.invoice group by region');
    expect((await models('apply', '--yes', 'sales')).code).toBe(0);

    write('daybreak.json', manifest({ sales: { ...sales, version: 2, owner: 'Sales' } }));
    write(
      'sales/v2.sql',
      'select region,\n  sum(amount) as amount,\n  count(*) as invoices\nfrom erp.invoice group by region',
    );
    const changed = await models('diff');
    expect(changed.stdout).toMatch(/^~ sales: changed, version 1\n/);
    expect(changed.stdout).toContain('The owner is "Sales" instead of "Controlling".');
    expect(changed.stdout).toContain('+   count(*) as invoices');
    expect((await models('apply', '--yes', 'sales')).code).toBe(0);
    const { rows } = await admin.query('select region, amount, invoices from reporting.sales');
    expect(rows).toHaveLength(5);

    dir = join(profile.path, 'exported');
    const exported = await models('export');
    expect(exported.stdout).toContain('daybreak.json, sales/v2.sql');
    expect(JSON.parse(readFileSync(join(dir, 'daybreak.json'), 'utf8'))).toMatchObject({
      format: 1,
      readModels: { sales: { owner: 'Sales', version: 2, consumers: sales.consumers } },
    });
    expect(await models('diff')).toMatchObject({ code: 0 });
    expect((await models('export')).stdout).toContain('is as the server is');
  });

  test('a definition that nothing proves needs a word, which the manifest or the command can give', async () => {
    const { unproven: _, ...without } = sales;
    write('daybreak.json', manifest({ sales: without }));
    write('sales/v1.sql', 'select region, sum(amount) as amount from erp.invoice group by region');
    const refused = await models('apply', '--yes', 'sales');
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain('Not proven against anything');
    expect(refused.stdout).toContain('--unproven sales, or "unproven": true in the manifest');
    expect(await served()).toEqual({ sales: null, total: null });
    expect(await models('apply', '--yes', 'sales', '--unproven', 'saels')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--unproven names saels'),
    });
    const built = await models('apply', '--yes', 'sales', '--unproven', 'sales');
    expect(built).toMatchObject({ code: 0, stdout: expect.stringContaining('because a person said so') });
    // The word stays with what was built.
    expect((await models('export')).stdout).toContain('daybreak.json');
    expect(JSON.parse(readFileSync(join(dir, 'daybreak.json'), 'utf8'))).toMatchObject({
      readModels: { sales: { unproven: true } },
    });
  });

  test('how it is refreshed is part of the folder, and set without a new version', async () => {
    write('daybreak.json', manifest({ sales: { ...sales, refreshMode: 'side_by_side' } }));
    write('sales/v1.sql', 'select region, sum(amount) as amount from erp.invoice group by region');
    const built = await models('apply', '--yes', 'sales');
    expect(built).toMatchObject({ code: 0, stdout: expect.stringContaining('refreshed side by side from now on') });
    expect((await models('diff')).code).toBe(0);
    write('daybreak.json', manifest({ sales: { ...sales, refreshMode: 'full' } }));
    expect((await models('diff')).stdout).toContain('The refresh mode is "full" instead of "side_by_side".');
    expect(await models('apply')).toMatchObject({ code: 1, stdout: expect.stringContaining('say --yes sales') });
    expect((await models('apply', '--yes', 'sales')).code).toBe(0);
    const { rows } = await admin.query(
      `select m.refresh_mode, max(v.version)::int as version from daybreak.read_model m join daybreak.version v on v.read_model = m.name group by 1`,
    );
    expect(rows).toEqual([{ refresh_mode: 'full', version: 1 }]);
    // Left out, it stays.
    write('daybreak.json', manifest({ sales }));
    expect((await models('diff')).code).toBe(0);
  });

  test('a change that readers would break on is refused, or made with the view made anew', async () => {
    write('daybreak.json', manifest({ sales }));
    write('sales/v1.sql', 'select region, sum(amount) as amount from erp.invoice group by region');
    expect((await models('apply', '--yes', 'sales')).code).toBe(0);
    write('daybreak.json', manifest({ sales: { ...sales, version: 2 } }));
    write('sales/v2.sql', 'select region, count(*) as invoices from erp.invoice group by region');
    const refused = await models('apply', '--yes', 'sales');
    expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining('would break its readers') });
    expect(refused.stdout).toContain('--on-breaking replace');
    expect((await models('apply', '--yes', 'sales', '--on-breaking', 'replace')).code).toBe(0);
    const { rows } = await admin.query('select region, invoices from reporting.sales');
    expect(rows).toHaveLength(5);
  });

  test('a query of its own lies beside its definition', async () => {
    const asks = `select as_of, sum(amount) as amount from reporting.sales where region = 'region 1' group by as_of`;
    write('daybreak.json', manifest({ sales }));
    write('sales/v1.sql', 'select region, sum(amount) as amount from erp.invoice group by region');
    write('sales/v1.reader.sql', asks);
    expect((await models('apply', '--yes', 'sales')).code).toBe(0);
    dir = join(profile.path, 'exported');
    expect((await models('export')).stdout).toContain('sales/v1.reader.sql');
    expect(readFileSync(join(dir, 'sales/v1.reader.sql'), 'utf8')).toBe(`${asks}\n`);
  });

  test('what cannot be built is named with its reason, and a folder that cannot be read says so', async () => {
    expect(await models('diff')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('daybreak.json: it is not there'),
    });
    write('daybreak.json', manifest({ sales: { ...sales, consumers: [] } }));
    expect((await models('diff')).stderr).toContain('readModels.sales.consumers');
    write('daybreak.json', manifest({ sales }));
    expect((await models('diff')).stderr).toContain('sales/v1.sql');
    write('sales/v1.sql', 'select region, random() as amount from erp.invoice');
    const refused = await models('apply', '--yes', 'sales');
    expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining('! sales: cannot be built') });
    expect(await models('apply', '--yes', 'saels')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--yes names saels'),
    });
    expect(await served()).toEqual({ sales: null, total: null });
  });

  test('the scripts for psql are printed and nothing else, and psql runs them', async () => {
    write('daybreak.json', manifest({ sales }));
    write('sales/v1.sql', 'select region, sum(amount) as amount from erp.invoice group by region');
    expect((await models('apply', '--yes', 'sales')).code).toBe(0);
    const script = (what: string, ...more: string[]) => daybreak(['models', what, '--url', url, ...more], { env });
    expect(await script('detach-script', 'nothing')).toMatchObject({ code: 1, stdout: '' });
    const detach = await script('detach-script', 'sales');
    expect(detach).toMatchObject({ code: 0, stderr: '' });
    await psql(server, database.url, detach.stdout);
    await admin.query('alter table erp.invoice alter column amount type numeric(14,4)');
    await psql(server, database.url, (await script('uninstall-script')).stdout);
    const { rows } = await admin.query('select as_of, region from reporting.sales');
    expect(rows).toHaveLength(5);
    expect((await admin.query(`select from pg_namespace where nspname = 'daybreak'`)).rowCount).toBe(0);
  });

  test('everything of it is a procedure', async () => {
    const files = [
      { path: 'daybreak.json', text: manifest({ sales }) },
      { path: 'sales/v1.sql', text: 'select region, sum(amount) as amount from erp.invoice group by region' },
    ];
    await models('export');
    const [{ serverId }] = printed(await daybreakHere(['call', 'connections.list'], { env })) as [{ serverId: string }];
    const call = (procedure: string, input: object) =>
      daybreakHere(['call', procedure, '-'], { env, stdin: JSON.stringify({ serverId, ...input }) });
    expect(printed(await call('readModels.diffDefinitions', { files }))).toMatchObject([
      { name: 'sales', state: 'new' },
    ]);
    expect(printed(await call('readModels.proveDefinition', { files, name: 'sales' }))).toEqual([]);
    const plan = printed(await call('readModels.planDefinition', { files, name: 'sales' }));
    expect(plan).toMatchObject({ kind: 'create', state: 'new', confirmWith: 'sales', unproven: true });
    expect(printed(await call('readModels.exportDefinitions', {}))).toMatchObject([{ path: 'daybreak.json' }]);
    expect(printed(await call('readModels.detachScript', {}))).toMatchObject({ code: 'not_found' });
  });
});
