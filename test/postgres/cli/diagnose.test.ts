import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import { verdictSchema } from '../../../shared/model/diagnosis.ts';
import { blockingTreeSchema } from '../../../shared/model/transactions.ts';
import { daybreak, printed, startCli } from '../../support/cli.ts';
import { daybreakHere } from '../../support/cli-here.ts';
import { temporaryDir } from '../../support/door.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../../support/postgres.ts';

interface Printed {
  readonly server: { readonly database: string };
  readonly from: string;
  readonly to: string;
  readonly verdict: unknown;
  readonly blocking: readonly unknown[];
  readonly missing: readonly { readonly name: string; readonly action: string | null }[];
  readonly sampling: { readonly samples: number; readonly endedEarly: boolean } | null;
}

/** 9 seconds: two snapshots at least, and a lock queue that is seen more than once. */
const minutes = '0.15';

describe.each(testServers())('daybreak diagnose on $label', (server) => {
  /** What no version of the server can change is asked once. */
  const first = server === testServers()[0];
  let database: TestDatabase;
  let dir: ReturnType<typeof temporaryDir>;
  /** As a person has it in the shell: no password in the arguments, temporary files where the test can look. */
  let env: NodeJS.ProcessEnv;
  let url: string;
  const clients: pg.Client[] = [];

  const connect = async (applicationName: string): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: database.url, application_name: applicationName });
    client.on('error', () => undefined);
    await client.connect();
    clients.push(client);
    return client;
  };
  beforeEach(async () => {
    database = await createTestDatabase(server);
    dir = temporaryDir();
    mkdirSync(join(dir.path, 'tmp'));
    env = { PGPASSWORD: database.password, TMPDIR: join(dir.path, 'tmp'), HOME: dir.path };
    const bare = new URL(database.url);
    bare.password = '';
    url = bare.href;
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.end()));
    await database.drop();
    dir.remove();
  });

  test('one JSON document names the root of a lock queue, and nothing stays on the disk or on the server', async () => {
    const admin = await connect('admin');
    await admin.query('create table public.stock (item_id int primary key, on_hand int)');
    await admin.query('insert into public.stock values (1, 10)');
    const dialog = await connect('dialog\u009b31m\u202e <img onerror>');
    const { rows: own } = await dialog.query<{ pid: number }>('select pg_backend_pid() as pid');
    await dialog.query('begin');
    await dialog.query('update public.stock set on_hand = on_hand - 1 where item_id = 1');
    const saver = await connect('saver');
    const saving = saver.query('update public.stock set on_hand = on_hand - 2 where item_id = 1');
    const objects = 'select count(*) as objects from pg_class where oid >= 16384';
    const before = (await admin.query(objects)).rows;

    const result = await daybreak(['diagnose', '--url', url, '--minutes', minutes, '--json', '--cores', '2'], { env });
    await dialog.query('commit');
    await saving;

    expect(result.code).toBe(0);
    const document = printed(result) as Printed;
    expect(document.server.database).toBe(database.settings.database);
    expect(verdictSchema.parse(document.verdict).fromMs).toBe(Date.parse(document.from));
    expect(document.sampling?.samples).toBeGreaterThan(2);
    expect(document.sampling?.endedEarly).toBe(false);
    expect(blockingTreeSchema.parse(document.blocking[0])).toMatchObject({
      root: { pid: own[0]?.pid, state: 'idle in transaction', waiters: [{ applicationName: 'saver' }] },
    });
    expect(document.missing).toEqual([]);
    for (const said of [result.stdout, result.stderr]) {
      expect(said).not.toContain(database.password);
      expect(said.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
    expect(readdirSync(join(dir.path, 'tmp'))).toEqual([]);
    expect(readdirSync(dir.path)).toEqual(['tmp']);
    expect((await admin.query(objects)).rows).toEqual(before);
    const left = `select count(*)::int as sessions from pg_stat_activity where application_name like 'daybreak%'
      and datname = current_database()`;
    await expect.poll(async () => (await admin.query(left)).rows).toEqual([{ sessions: 0 }]);
  });

  test.runIf(first)('a stop from the keyboard ends it early and prints what there is, in lines that fit', async () => {
    const running = startCli(['diagnose', '--url', url, '--minutes', '10'], { env });
    let [stdout, stderr] = ['', ''];
    running.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    running.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    await expect.poll(() => stderr, { timeout: 60_000 }).toMatch(/Sampling .* as .*\n.* of 10:00 · /);
    const admin = await connect('admin');
    await admin.query('select pg_sleep(3)');
    running.kill('SIGINT');
    expect(await once(running, 'close')).toEqual([0, null]);
    expect(stdout).toMatch(/ended early\n\nBetween \d\d:\d\d:\d\d and /);
    expect(stdout).toMatch(/\nHow far to trust it\n/);
    expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
    expect(readdirSync(join(dir.path, 'tmp'))).toEqual([]);
  });

  test.runIf(first)(
    'a role without pg_monitor gets its verdict, with what is missing and the statements that mend it',
    async () => {
      const bare = await createTestDatabase(server, { statementStatistics: false });
      const admin = new pg.Client({ connectionString: bare.url });
      await admin.connect();
      const role = `plain_${bare.settings.database}`;
      await admin.query(`create role ${role} login password 'plain'; create table public.own (id int)`);
      await admin.query(`grant select on public.own to ${role}`);
      try {
        const asPlain = `postgres://${role}@${server.host}:${server.port}/${bare.settings.database}`;
        const options = { env: { ...env, PGPASSWORD: 'plain' } };
        const result = await daybreakHere(['diagnose', '--url', asPlain, '--minutes', '0.05'], options);
        expect(result.code).toBe(0);
        expect(result.stdout).toMatch(/\nMissing\n/);
        expect(result.stdout).toMatch(/ {4}.*create extension.*pg_stat_statements/i);
        expect(result.stdout).toMatch(new RegExp(` {4}grant .*pg_(monitor|read_all_stats).* to .*${role}`, 'i'));
      } finally {
        await admin.query(`drop owned by ${role}; drop role ${role}`);
        await admin.end();
        await bare.drop();
      }
    },
  );

  test.runIf(first)(
    'a profile keeps the samples, and tells the same again without the server, and so does a capture of it',
    async () => {
      const profile = join(dir.path, 'profile');
      const sampled = await daybreakHere(
        ['diagnose', '--url', url, '--minutes', '0.1', '--json', '--profile', profile],
        {
          env,
        },
      );
      const document = printed(sampled) as Printed;
      const window = ['--from', document.from, '--to', document.to];
      const again = await daybreakHere(['diagnose', '--profile', profile, ...window, '--json'], {
        env: { TMPDIR: env['TMPDIR'] },
      });
      expect(again.code).toBe(0);
      expect((printed(again) as Printed).verdict).toEqual(document.verdict);
      expect(printed(again)).toMatchObject({ sampling: null, freshness: { state: 'offline' } });
      const { conclusion } = verdictSchema.parse(document.verdict);
      const span = { fromMs: Date.parse(document.from), toMs: Date.parse(document.to) };
      const [known] = printed(
        await daybreakHere(['call', 'connections.list', '--profile', profile]),
      ) as ServerSummary[];
      const file = join(dir.path, 'morning.daybreak');
      const asked = JSON.stringify({ serverId: known?.serverId, file, ...span });
      expect((await daybreakHere(['call', 'history.exportCapture', asked, '--profile', profile])).code).toBe(0);
      const sent = await daybreakHere(['diagnose', '--capture', file, '--json'], { env: { TMPDIR: env['TMPDIR'] } });
      expect(printed(sent)).toMatchObject({ server: { capture: true }, verdict: { conclusion } });
      expect(readdirSync(join(dir.path, 'tmp'))).toEqual([]);

      const elsewhere = await daybreakHere(['diagnose', '--profile', profile, '--url', `${url}x`, ...window], { env });
      expect(elsewhere).toMatchObject({ code: 1, stdout: '' });
      expect(elsewhere.stderr).toMatch(/no history of/);
    },
  );
});

test('a server that nobody can reach is one JSON document too, without the password', async () => {
  const failed = await daybreak(['diagnose', '--url', 'postgres://a:s3cret@127.0.0.1:1/x', '--json']);
  expect(failed.code).toBe(1);
  expect(printed(failed)).toMatchObject({ error: { code: 'host_unreachable' } });
  expect(failed.stderr).toMatch(/process list/);
  expect(failed.stdout + failed.stderr).not.toContain('s3cret');
});
