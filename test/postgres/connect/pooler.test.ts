import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openServer } from '../../../electron/core/postgres/connect.ts';
import { withStatisticsReader } from '../../../electron/core/postgres/statistics-reader.ts';
import { createTestDatabase, testServers, type TestDatabase, type TestServer } from '../../support/postgres.ts';
import { clock, logger } from './support.ts';

const pgbouncer = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']
  .map((dir) => join(dir, 'pgbouncer'))
  .find((path) => existsSync(path));

/** A PgBouncer in front of `server`, in the given mode. */
async function startPooler(server: TestServer, mode: 'transaction' | 'session') {
  const dir = await mkdtemp(join(tmpdir(), 'daybreak-pooler-'));
  await chmod(dir, 0o755); // it refuses to run as root
  const port = await freePort();
  await writeFile(join(dir, 'users'), `"${server.user}" "${server.password}"\n`);
  await writeFile(
    join(dir, 'pooler.ini'),
    `[databases]\n* = host=${server.host} port=${server.port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${port}
auth_type = plain\nauth_file = ${join(dir, 'users')}\npool_mode = ${mode}\nunix_socket_dir =\n`,
  );
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const child = spawn(pgbouncer ?? '', ['-q', join(dir, 'pooler.ini')], { stdio: 'ignore', ...nobody });
  const exited = once(child, 'exit');
  while (!(await answers(port))) await clock.sleep(20);
  return {
    port,
    async stop() {
      child.kill('SIGKILL');
      await exited;
      await rm(dir, { recursive: true });
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

describe.skipIf(pgbouncer === undefined).each(testServers())('behind a pooler, $label', (server) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase(server);
  });
  afterAll(() => database.drop());

  it('in transaction mode, reads without touching the settings of connections that others use', async () => {
    const pooler = await startPooler(server, 'transaction');
    const settings = { ...database.settings, port: pooler.port };
    const connected = await openServer({ serverId: 's', settings, password: database.password, clock, logger });
    const state = connected.facts.capabilities.find(({ name }) => name === 'session_state');
    expect(state).toMatchObject({ present: false, action: expect.stringContaining('pool_mode = session') });

    const limits = `select current_setting('transaction_read_only') as readonly, current_setting('statement_timeout') as timeout`;
    const expected = [{ readonly: 'on', timeout: '1min' }];
    expect(await connected.withReadonly((session) => session.query(limits))).toEqual(expected);
    expect(await connected.withReadonly((session) => session.snapshot((sql) => sql.query(limits)))).toEqual(expected);
    await expect(connected.withReadonly((session) => session.query('create table x ()'))).rejects.toMatchObject({
      value: { sqlstate: '25006' },
    });
    await expect(connected.withRegistry((session) => session.query('select 1'))).rejects.toMatchObject({
      value: { code: 'capability_missing' },
    });
    expect(
      await withStatisticsReader(connected, async (reader) => (await reader.snapshot()).entries.length),
    ).toBeGreaterThan(0);

    // The ERP comes through the same pooler and gets the backends that we have used.
    const erp = new pg.Client({ connectionString: database.url.replace(`:${server.port}/`, `:${pooler.port}/`) });
    await erp.connect();
    const { rows } = await erp.query(limits);
    expect(rows).toEqual([{ readonly: 'off', timeout: '0' }]);
    await erp.end();
    await connected.close();
    await pooler.stop();
  });

  it('in session mode, works as without', async () => {
    const pooler = await startPooler(server, 'session');
    const settings = { ...database.settings, port: pooler.port };
    const connected = await openServer({ serverId: 's', settings, password: database.password, clock, logger });
    expect(connected.facts.capabilities.every(({ present }) => present)).toBe(true);
    const [row] = await connected.withRegistry((session) =>
      session.query(
        `select current_setting('statement_timeout') as timeout, pg_backend_pid() = ${session.backendPid} as own`,
      ),
    );
    expect(row).toEqual({ timeout: '15s', own: true });
    await connected.close();
    await pooler.stop();
  });
});
