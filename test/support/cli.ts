import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../electron/hosts/cli/bin.mjs', import.meta.url));

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly profile?: string;
  readonly stdin?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** The Node that runs it; ours by default. */
  readonly node?: string;
}

/** What this process has, without what is meant for Daybreak or libpq, and what the command shall have. */
export function cliEnvironment({ profile, env }: CliOptions): NodeJS.ProcessEnv {
  const inherited = { ...process.env };
  for (const name of Object.keys(inherited)) if (/^(DAYBREAK_|PG)/.test(name)) delete inherited[name];
  return { ...inherited, ...(profile ? { DAYBREAK_PROFILE: profile } : {}), ...env };
}

export function startCli(args: readonly string[], options: CliOptions = {}): ChildProcessWithoutNullStreams {
  return spawn(options.node ?? process.execPath, [bin, ...args], { env: cliEnvironment(options), stdio: 'pipe' });
}

/** `daybreak <args>` as a person runs it, to its end. */
export function daybreak(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const child = startCli(args, options);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.end(options.stdin ?? '');
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** The lines of a command that goes on; `next` fails with what it said when it ended instead. */
export function linesOf(child: ChildProcessWithoutNullStreams): { next(): Promise<string> } {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return {
    async next() {
      const { done, value } = await lines.next();
      if (done) throw new Error(`the command ended: ${stderr}`);
      return value;
    },
  };
}

/** Standard output must be exactly one JSON. */
export const printed = (result: CliResult): unknown => JSON.parse(result.stdout);
