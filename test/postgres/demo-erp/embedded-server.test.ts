import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { startEmbeddedServer, type EmbeddedServer } from '../../../resources/demo-erp/embedded-server.ts';
import { isAlive, readPostmasterFile } from '../../../resources/demo-erp/server/postmaster.ts';
import { removeReachableDir } from '../../../resources/demo-erp/server/server-user.ts';

/** Such a folder is 0700, as a profile is: what root's PostgreSQL user cannot enter. */
const profile = () => mkdtemp(join(tmpdir(), 'daybreak-embedded-'));
const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function start(dir: string): Promise<EmbeddedServer> {
  const server = await startEmbeddedServer({ dir, settings: { fsync: 'off', shared_buffers: '16MB' } });
  cleanUp.push(() => removeReachableDir(dir));
  cleanUp.push(() => server.stop());
  return server;
}

async function query(server: EmbeddedServer, sql: string): Promise<unknown[]> {
  const { host, port, user, password } = server;
  const client = new pg.Client({ host, port, user, password, database: 'postgres' });
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** A process that starts a server in `dir`, says its process number, and then waits to be killed. */
async function startOwner(dir: string) {
  const module = new URL('../../../resources/demo-erp/embedded-server.ts', import.meta.url);
  const script = `import { startEmbeddedServer } from ${JSON.stringify(module.href)};
    const server = await startEmbeddedServer({ dir: ${JSON.stringify(dir)}, settings: { fsync: 'off' } });
    console.log(JSON.stringify({ pid: server.pid, dataDir: server.dataDir }));
    setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  cleanUp.push(async () => owner.kill('SIGKILL'));
  const [line] = await once(createInterface({ input: owner.stdout }), 'line');
  const server = JSON.parse(String(line)) as { pid: number; dataDir: string };
  cleanUp.push(() => removeReachableDir(dir));
  if (!server.dataDir.startsWith(dir))
    cleanUp.push(() => rm(dirname(server.dataDir), { recursive: true, force: true }));
  return { owner, server };
}

test('the server keeps its data and its durability, asks for a password and counts statements', async () => {
  const dir = await profile();
  const first = await startEmbeddedServer({ dir });
  expect(
    await query(
      first,
      `select current_setting('fsync'), current_setting('synchronous_commit'), current_setting('track_io_timing'),
              current_setting('track_activity_query_size'), current_setting('shared_preload_libraries')`,
    ),
  ).toEqual(['on', 'on', 'on', '1kB', 'pg_stat_statements']);
  await query(first, 'create table kept as select 7 as seven');
  await expect(query({ ...first, password: 'wrong' }, 'select 1')).rejects.toThrow(/password authentication failed/);
  await first.stop();
  expect(isAlive(first.pid)).toBe(false);

  const second = await start(dir);
  expect(await query(second, 'select seven from kept')).toEqual([7]);
});

test('kill -9 of the owner leaves no server behind, and the data is whole', async () => {
  const dir = await profile();
  const { owner, server } = await startOwner(dir);
  owner.kill('SIGKILL');
  await gone(server.pid);
  // A fast shutdown removes the file; a torn server leaves it.
  await expect(access(join(server.dataDir, 'postmaster.pid'))).rejects.toThrow(/ENOENT/);
  const next = await start(dir);
  expect(await query(next, 'select 1')).toEqual([1]);
});

test('Ctrl-C, which reaches every process of the group, does not reach the server before its owner is done', async () => {
  const dir = await profile();
  const { owner, server } = await startOwner(dir);
  process.kill(-(owner.pid ?? 0), 'SIGINT');
  await once(owner, 'exit');
  await gone(server.pid);
  await expect(access(join(server.dataDir, 'postmaster.pid'))).rejects.toThrow(/ENOENT/);
});

test('a server whose owner and guardian were both killed is found and stopped by the next start', async () => {
  const dir = await profile();
  const { owner, server } = await startOwner(dir);
  const [guardian] = await parentOf(server.pid);
  owner.kill('SIGSTOP'); // so that the owner cannot notice that its guardian is gone
  process.kill(guardian ?? 0, 'SIGKILL');
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  expect(isAlive(server.pid)).toBe(true);
  const next = await start(dir);
  expect(isAlive(server.pid)).toBe(false);
  expect(await query(next, 'select 1')).toEqual([1]);
});

test('an owner whose guardian was killed stops the server itself', async () => {
  const server = await start(await profile());
  const [guardian] = await parentOf(server.pid);
  process.kill(guardian ?? 0, 'SIGKILL');
  await server.exited;
  expect(isAlive(server.pid)).toBe(false);
});

test('a process number in postmaster.pid that belongs to another program is left alone', async () => {
  const dir = await profile();
  const first = await start(dir);
  await first.stop();
  await writeFile(join(first.dataDir, 'postmaster.pid'), `${process.pid}\n${first.dataDir}\n`);
  const second = await start(dir);
  expect((await readPostmasterFile(second.dataDir))?.pid).toBe(second.pid);
});

test('a start that is cancelled leaves nothing running', async () => {
  const dir = await profile();
  cleanUp.push(() => removeReachableDir(dir));
  const abort = new AbortController();
  const starting = startEmbeddedServer({ dir, signal: abort.signal });
  abort.abort();
  await expect(starting).rejects.toMatchObject({ value: { code: 'cancelled' } });
  const next = await start(dir);
  expect(await query(next, 'select 1')).toEqual([1]);
});

test('data that was kept outside a profile goes when the profile is gone', async (context) => {
  const dir = await profile();
  const first = await start(dir);
  context.skip(first.dataDir.startsWith(dir), 'this user can keep the data inside the profile');
  await first.stop();
  await rm(dir, { recursive: true });
  await start(await profile());
  await expect(access(dirname(first.dataDir))).rejects.toThrow(/ENOENT/);
});

test('ephemeral data goes with its server', async () => {
  const dir = await profile();
  const server = await startEmbeddedServer({ dir, ephemeral: true, settings: { fsync: 'off' } });
  await server.stop();
  await expect(access(server.dataDir)).rejects.toThrow(/ENOENT/);
  await expect(access(dir)).rejects.toThrow(/ENOENT/);
});

/** [parent process number] out of /proc; these two tests run where that exists. */
async function parentOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  return [Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1])];
}
