import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { SshHop, TunnelSettings } from '../../shared/model/tunnel.ts';

const run = promisify(execFile);
const program = '/usr/sbin/sshd';

/** `describe.skipIf(!hasSshd)`: test/support/system-packages.sh installs it where that is possible. */
export const hasSshd = existsSync(program);

/** A folder with keys that the servers of one test file let in. */
export interface SshKeys {
  readonly dir: string;
  readonly plain: string;
  /** Opened by `passphrase`. */
  readonly encrypted: string;
  readonly passphrase: string;
  /** In nobody's authorized_keys. */
  readonly stranger: string;
  remove(): Promise<void>;
}

export async function sshKeys(): Promise<SshKeys> {
  const dir = await mkdtemp(join(tmpdir(), 'daybreak-ssh-'));
  const passphrase = "correct 'horse' battery";
  const make = async (name: string, type: string, secret: string) => {
    const file = join(dir, name);
    await run('ssh-keygen', ['-q', '-t', type, '-a', '1', '-N', secret, '-C', name, '-f', file]);
    return file;
  };
  const [plain, encrypted, stranger] = await Promise.all([
    make('plain', 'ed25519', ''),
    make('encrypted', 'ecdsa', passphrase),
    make('stranger', 'ed25519', ''),
  ]);
  const authorized = await Promise.all([plain, encrypted].map((file) => readFile(`${file}.pub`, 'utf8')));
  await writeFile(join(dir, 'authorized_keys'), authorized.join(''));
  return { dir, plain, encrypted, passphrase, stranger, remove: () => rm(dir, { recursive: true, force: true }) };
}

/** A real sshd on a free loopback port, with a host key of its own, that lets in this user with `keys`. */
export interface TestSshd {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** As `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
  /** What a known_hosts file says about it. */
  readonly knownHost: string;
  /** One hop to it, signing in with `auth`. */
  hop(auth: SshHop['auth']): SshHop;
  /** A tunnel of this hop alone. */
  tunnel(auth: SshHop['auth'], more?: Partial<TunnelSettings>): TunnelSettings;
  log(): string;
  stop(): Promise<void>;
}

export async function startSshd(
  keys: SshKeys,
  options: { readonly config?: readonly string[]; readonly port?: number; readonly sftp?: boolean } = {},
): Promise<TestSshd> {
  // The unprivileged half of a server that root starts lives there.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const dir = await mkdtemp(join(keys.dir, 'sshd-'));
  const hostKey = join(dir, 'host_key');
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', hostKey]);
  const port = options.port ?? (await freePort());
  const config = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${join(keys.dir, 'authorized_keys')}`,
    `PidFile ${join(dir, 'sshd.pid')}`,
    'StrictModes no',
    'UsePAM no',
    'PermitRootLogin yes',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    ...((options.sftp ?? true) ? ['Subsystem sftp internal-sftp'] : []),
    ...(options.config ?? []),
  ];
  await writeFile(join(dir, 'sshd_config'), `${config.join('\n')}\n`);
  let log = '';
  const child = spawn(program, ['-D', '-e', '-f', join(dir, 'sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  await answers(child, port, () => log);
  const [type = '', key = ''] = (await readFile(`${hostKey}.pub`, 'utf8')).split(' ');
  const { stdout } = await run('ssh-keygen', ['-l', '-f', `${hostKey}.pub`]);
  const host = '127.0.0.1';
  const { username: user } = userInfo();
  const hop = (auth: SshHop['auth']) => ({ host, port, user, auth });
  return {
    host,
    port,
    user,
    fingerprint: stdout.split(' ')[1] ?? '',
    knownHost: `[${host}]:${port} ${type} ${key}\n`,
    hop,
    tunnel: (auth, more = {}) => ({ ...hop(auth), jumps: [], keepaliveSeconds: 0, ...more }),
    log: () => log,
    async stop() {
      if (child.exitCode !== null || child.pid === undefined) return;
      const sessions = await childrenOf(child.pid);
      const gone = once(child, 'exit');
      child.kill();
      for (const pid of sessions) killIfThere(pid);
      await gone;
    },
  };
}

/** A real ssh-agent that holds `files`. */
export async function startSshAgent(keys: SshKeys, files: readonly string[]) {
  const socket = join(await mkdtemp(join(keys.dir, 'agent-')), 'agent.sock');
  const child = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
  for (let attempt = 0; !existsSync(socket); attempt += 1) {
    if (attempt > 200) throw new Error('ssh-agent did not start');
    await delay(20);
  }
  for (const file of files) await run('ssh-add', ['-q', file], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
  return {
    socket,
    async stop() {
      const gone = once(child, 'exit');
      child.kill();
      await gone;
    },
  };
}

/** A port on which nobody listens just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function answers(child: ChildProcess, port: number, log: () => string): Promise<void> {
  for (let attempt = 0; attempt < 250; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`sshd did not start: ${log()}`);
    const socket = connect(port, '127.0.0.1');
    const there = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (there) return;
    await delay(20);
  }
  throw new Error(`sshd does not answer: ${log()}`);
}

/** A session is a process of its own, which outlives the listener. */
async function childrenOf(parent: number): Promise<number[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      return /^PPid:\s*(\d+)/m.exec(status)?.[1] === String(parent) ? Number(pid) : null;
    }),
  );
  return found.filter((pid) => pid !== null);
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
