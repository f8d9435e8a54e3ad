import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { entryPoint } from '../../electron/core/entry-points.ts';
import type { Logger } from '../../electron/core/ports.ts';
import { Failure } from '../../shared/model/failure.ts';
import { bundledBinaries, reachableBinaries, type ServerBinaries } from './server/binaries.ts';
import type { GuardedStart, GuardianAnswer } from './server/guardian-protocol.ts';
import { stopPostmaster } from './server/postmaster.ts';
import { ownedDir, reachableDir, removeReachableDir, serverUser, type ServerUser } from './server/server-user.ts';

const run = promisify(execFile);

/** A PostgreSQL server of ours on 127.0.0.1, for as long as this process lives and holds it. */
export interface EmbeddedServer {
  readonly host: string;
  readonly port: number;
  /** A superuser, `postgres`. */
  readonly user: string;
  readonly password: string;
  readonly binDir: string;
  readonly dataDir: string;
  /** Process number of the postmaster. */
  readonly pid: number;
  /** Resolves when the server is gone, asked for or not. */
  readonly exited: Promise<void>;
  /** Fast shutdown; resolves when the process is gone. Safe to call twice. */
  stop(): Promise<void>;
}

export interface EmbeddedServerOptions {
  /** Folder that is the server's alone; made when missing. Data may lie elsewhere: see `EmbeddedServer.dataDir`. */
  readonly dir: string;
  readonly logger?: Logger;
  /** Settings on top of `baseSettings`. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly port?: number;
  readonly signal?: AbortSignal;
  /** Another installation than the bundled one. */
  readonly binaries?: ServerBinaries;
  /** The data is deleted when the server stops, however it stops. */
  readonly ephemeral?: boolean;
}

/**
 * Durability stays what PostgreSQL ships (fsync, synchronous_commit, full_page_writes on): saving an invoice has to
 * cost here what it costs in an ERP. Sizes fit a laptop; max_wal_size keeps the seed from checkpointing every few
 * seconds. track_activity_query_size stays at its default 1024, because that is what diagnosis meets outside.
 */
const baseSettings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '256MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  checkpoint_completion_target: '0.9',
  shared_preload_libraries: 'pg_stat_statements',
  'pg_stat_statements.max': '5000',
  'pg_stat_statements.track': 'top',
  track_io_timing: 'on',
  password_encryption: 'scram-sha-256',
  lc_messages: 'C',
};

/**
 * Starts PostgreSQL on a private port, making its data directory first where there is none; a server that an earlier
 * run left behind on it is stopped. Fails with `not_available` when the server cannot be made to run here, with
 * `cancelled` when `signal` aborts.
 */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  try {
    return await start(options);
  } catch (error) {
    // Until the guardian holds it, nobody else would remove what was begun.
    if (options.ephemeral) await removeReachableDir(options.dir);
    throw error;
  }
}

async function start(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const { dir, signal } = options;
  const user = await serverUser();
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const home = await reachableDir(dir, user);
  const binaries = await reachableBinaries(options.binaries ?? (await bundledBinaries()), user, home);
  const dataDir = join(home, `data-${binaries.major}`);
  if ((await stopPostmaster(dataDir)) === 'stopped') {
    options.logger?.warn({ dataDir }, 'stopped a PostgreSQL server that an earlier run had left behind');
  }
  const password = await initialize(binaries, dataDir, join(dir, `password-${binaries.major}`), user, signal);
  for (let attempt = 1; ; attempt += 1) {
    if (signal?.aborted) throw cancelled();
    const port = options.port ?? (await freePort());
    await configure(dataDir, { ...baseSettings, ...options.settings, port: String(port) }, user);
    const logFile = join(dir, 'server.log');
    if (((await stat(logFile).catch(() => null))?.size ?? 0) > 10_000_000) await truncate(logFile);
    const started = await startGuarded(
      {
        postgres: join(binaries.binDir, 'postgres'),
        dataDir,
        logFile,
        arguments: ['-D', dataDir],
        user,
        removeAtEnd: options.ephemeral ? [home, dir] : [],
      },
      options,
    );
    if (started.answer.kind === 'ready') {
      const { pid } = started.answer;
      const { stop, exited } = started;
      return {
        host: '127.0.0.1',
        port,
        user: 'postgres',
        password,
        binDir: binaries.binDir,
        dataDir,
        pid,
        exited,
        stop,
      };
    }
    await started.stop();
    // Between asking for a free port and using it somebody else may take it.
    if (started.answer.portTaken && options.port === undefined && attempt < 5) continue;
    throw new Failure({
      code: 'not_available',
      message: `The bundled PostgreSQL did not start. Its log, ${logFile}, ends with: ${started.answer.log.trim().split('\n').slice(-3).join(' ')}`,
    });
  }
}

/** initdb, unless it was done and finished. Resolves to the superuser's password, which lies in `passwordFile`, 0600. */
async function initialize(
  binaries: ServerBinaries,
  dataDir: string,
  passwordFile: string,
  user: ServerUser | null,
  signal: AbortSignal | undefined,
): Promise<string> {
  // The password file is written last: without it, what lies there is an initdb that was cut off.
  const known = await readFile(passwordFile, 'utf8').catch(() => null);
  if (known !== null && (await stat(join(dataDir, 'PG_VERSION')).catch(() => null))) return known;
  await rm(dataDir, { recursive: true, force: true });
  await ownedDir(dataDir, user);
  const password = randomBytes(18).toString('base64url');
  const handOver = `${dataDir}.password`;
  await rm(handOver, { force: true });
  await writeFile(handOver, `${password}\n`, { mode: 0o600, flag: 'wx' });
  if (user) await chown(handOver, user.uid, user.gid);
  // Builtin C.UTF-8 sorts the same on every machine, so that the demo's numbers and plans do not depend on it.
  const locale =
    binaries.major >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'] : ['--locale=C'];
  try {
    await run(
      join(binaries.binDir, 'initdb'),
      ['-D', dataDir, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${handOver}`, '-E', 'UTF8', ...locale],
      { cwd: '/', ...user, env: { ...process.env, LC_ALL: 'C' }, ...(signal ? { signal } : {}) },
    );
  } catch (cause) {
    if (signal?.aborted) throw cancelled();
    const { stderr } = cause as { stderr?: string };
    throw new Failure(
      {
        code: 'not_available',
        message: `initdb could not make a database in ${dataDir}: ${(stderr ?? String(cause)).trim()}`,
      },
      { cause },
    );
  } finally {
    await rm(handOver, { force: true });
  }
  await writeFile(passwordFile, password, { mode: 0o600 });
  return password;
}

/** postgresql.conf is ours as a whole: what a start needs is all that it says. */
async function configure(
  dataDir: string,
  settings: Readonly<Record<string, string>>,
  user: ServerUser | null,
): Promise<void> {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const all = { timezone: zone, log_timezone: zone, ...settings };
  const text = Object.entries(all).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`);
  const path = join(dataDir, 'postgresql.conf');
  await writeFile(path, text.join(''), { mode: 0o600 });
  if (user) await chown(path, user.uid, user.gid);
}

interface Guarded {
  readonly answer: GuardianAnswer;
  readonly exited: Promise<void>;
  stop(): Promise<void>;
}

async function startGuarded(start: GuardedStart, options: EmbeddedServerOptions): Promise<Guarded> {
  const guardian = spawn(process.execPath, [fileURLToPath(entryPoint('guardian'))], {
    cwd: '/',
    detached: true,
    // Inside Electron our executable is Electron, which is Node only when asked to be.
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
  });
  guardian.stdin.on('error', () => undefined); // a guardian that died is noticed by its exit
  let asked = false;
  const exited = guardianExit(guardian).then(async () => {
    // A guardian that was killed itself leaves its server to us.
    if ((await stopPostmaster(start.dataDir)) === 'stopped' && !asked) {
      options.logger?.error({ dataDir: start.dataDir }, 'the guardian of PostgreSQL died; its server was stopped');
    }
  });
  const stop = async () => {
    asked = true;
    guardian.ref();
    guardian.stdin.end();
    await exited;
  };
  const onAbort = () => void stop();
  options.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    guardian.stdin.write(`${JSON.stringify(start)}\n`);
    const lines = createInterface({ input: guardian.stdout });
    const line = await Promise.race([once(lines, 'line').then(([text]) => String(text)), exited.then(() => null)]);
    if (options.signal?.aborted) {
      await stop();
      throw cancelled();
    }
    const answer: GuardianAnswer =
      line === null
        ? { kind: 'failed', log: 'the guardian process ended before PostgreSQL was up', portTaken: false }
        : (JSON.parse(line) as GuardianAnswer);
    // Neither pipe keeps the owner alive: it ends when its own work ends, and the guardian notices.
    guardian.unref();
    for (const pipe of [guardian.stdin, guardian.stdout]) (pipe as unknown as { unref?: () => void }).unref?.();
    return { answer, exited, stop };
  } finally {
    options.signal?.removeEventListener('abort', onAbort);
  }
}

const guardianExit = (guardian: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    guardian.once('exit', () => resolve());
    guardian.once('error', () => resolve());
  });

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

const cancelled = () => new Failure({ code: 'cancelled', message: 'Starting the bundled PostgreSQL was cancelled.' });
