import fs from 'node:fs';
import { Readable } from 'node:stream';
import { runProgram } from '../../electron/hosts/cli/program.ts';
import { isFailure } from '../../shared/model/failure.ts';
import { cliEnvironment, type CliOptions, type CliResult } from './cli.ts';

const neverStopped = { signal: new AbortController().signal, requested: new Promise<void>(() => undefined) };

/** Environment and streams belong to the whole process: one command line at a time. */
let last: Promise<unknown> = Promise.resolve();

/**
 * `daybreak <args>` in this process, to its end: with its own engine, environment, standard input and output as the program
 * has them, and without the second of a processor that a start of Node and the loading of every module take. How the
 * program itself starts, stops on a signal and ends is what the tests with `daybreak` look at.
 */
export function daybreakHere(args: readonly string[], options: Omit<CliOptions, 'node'> = {}): Promise<CliResult> {
  const result = last.then(() => runHere(args, options));
  last = result.catch(() => undefined);
  return result;
}

async function runHere(args: readonly string[], options: Omit<CliOptions, 'node'>): Promise<CliResult> {
  const said = { stdout: '', stderr: '' };
  const giveBack = takeOver(said, options);
  try {
    return { code: await runProgram(args, neverStopped), ...said };
  } catch (error) {
    if (!isFailure(error)) throw error;
    const { message, action } = error.value;
    return { code: 1, ...said, stderr: `${said.stderr}${message}\n${action ?? ''}` };
  } finally {
    giveBack();
  }
}

type WriteSync = (fd: number, data: string | Uint8Array, ...more: readonly unknown[]) => number;

/** Until what is returned is called, the process is the command's: its environment, what it reads, and what it writes. */
function takeOver(said: { stdout: string; stderr: string }, options: Omit<CliOptions, 'node'>): () => void {
  const { env, stdin } = process;
  const writeSync = fs.writeSync as unknown as WriteSync;
  const streams = [process.stdout, process.stderr].map((stream) => ({ stream, write: stream.write }));
  process.env = cliEnvironment(options);
  Object.defineProperty(process, 'stdin', { configurable: true, value: Readable.from([options.stdin ?? '']) });
  process.stdout.write = keep((text) => (said.stdout += text));
  process.stderr.write = keep((text) => (said.stderr += text));
  // The log goes to the descriptor itself.
  const orKeep: WriteSync = (fd, data, ...more) => {
    if (fd !== process.stderr.fd) return writeSync(fd, data, ...more);
    said.stderr += String(data);
    return Buffer.byteLength(String(data));
  };
  Object.assign(fs, { writeSync: orKeep });
  return () => {
    process.env = env;
    Object.defineProperty(process, 'stdin', { configurable: true, value: stdin });
    for (const { stream, write } of streams) stream.write = write;
    Object.assign(fs, { writeSync });
  };
}

function keep(take: (text: string) => void): typeof process.stdout.write {
  return ((chunk: string | Uint8Array, ...more: unknown[]) => {
    take(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
    const done = more.find((one) => typeof one === 'function') as (() => void) | undefined;
    if (done) queueMicrotask(done);
    return true;
  }) as typeof process.stdout.write;
}
