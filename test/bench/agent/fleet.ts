import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Not bin.mjs: it starts the engine as a process of its own, which would outlive the kill.
const daybreak = fileURLToPath(new URL('../../../electron/hosts/cli/daybreak.ts', import.meta.url));
const desktop = fileURLToPath(new URL('./desktop.ts', import.meta.url));

export interface Member {
  readonly name: string;
  readonly kind: 'agent' | 'desktop';
  readonly profile: string;
  process: ChildProcess | null;
  kills: number;
}

/** Real processes that refresh on one server: each with a profile of its own, killed and started again. */
export class Fleet {
  readonly members: readonly Member[];
  readonly #dir: string;
  readonly #url: string;
  readonly #password: string;

  private constructor(dir: string, url: string, password: string, kinds: readonly Member['kind'][]) {
    this.#dir = dir;
    this.#password = password;
    const bare = new URL(url);
    bare.password = '';
    this.#url = bare.href;
    this.members = kinds.map((kind, at) => {
      const name = `${kind} ${at + 1}`;
      return { name, kind, profile: join(dir, name.replace(' ', '-')), process: null, kills: 0 };
    });
  }

  static async open(url: string, password: string, kinds: readonly Member['kind'][]): Promise<Fleet> {
    return new Fleet(await mkdtemp(join(tmpdir(), 'daybreak-bench-fleet-')), url, password, kinds);
  }

  get logDir(): string {
    return this.#dir;
  }

  start(member: Member): void {
    const args =
      member.kind === 'agent'
        ? [daybreak, 'agent', '--url', this.#url, '--profile', member.profile, '--log-level', 'warn', '--grace', '5']
        : [desktop, member.profile, this.#url];
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(DAYBREAK_|PG)/.test(name)));
    const log = openSync(join(this.#dir, `${member.kind}-${this.members.indexOf(member) + 1}.log`), 'a');
    const child = spawn(process.execPath, args, {
      env: { ...env, PGPASSWORD: this.#password },
      stdio: ['ignore', log, log],
    });
    member.process = child;
    child.once('exit', () => {
      if (member.process === child) member.process = null;
    });
  }

  /** As the kernel's out-of-memory killer does it. */
  kill(member: Member): void {
    member.kills += 1;
    member.process?.kill('SIGKILL');
    member.process = null;
  }

  /** Asks all to stop in good order; resolves to those that did not within a minute. */
  async stop(): Promise<string[]> {
    const late: string[] = [];
    await Promise.all(
      this.members.map(async (member) => {
        const child = member.process;
        if (child === null) return;
        const exited = once(child, 'exit');
        child.kill('SIGCONT');
        child.kill('SIGTERM');
        const timer = setTimeout(() => {
          late.push(member.name);
          child.kill('SIGKILL');
        }, 60_000);
        await exited;
        clearTimeout(timer);
      }),
    );
    return late;
  }

  remove(): Promise<void> {
    return rm(this.#dir, { recursive: true, force: true });
  }
}
