import { text } from 'node:stream/consumers';
import { Failure, isFailure, type FailureValue, type Reply } from '../../../shared/model/failure.ts';
import { logBug } from '../http/rpc-endpoint.ts';
import { stderrLogger } from '../node-ports.ts';
import { openCliEngine } from './cli-engine.ts';
import { carriesPassword } from './password-in-arguments.ts';
import { callByName, checkInput, findProcedure, type NamedProcedure } from './procedures.ts';
import { attachTo, type AttachOptions } from './ssh-options.ts';
import type { Stop } from './stop.ts';

export interface CallOptions extends AttachOptions {
  readonly profile?: string | undefined;
  /** Left out: passwords are forgotten with the call. */
  readonly secretsFile?: string | undefined;
  /** Ends a stream after so many events. */
  readonly events?: number | undefined;
  readonly logLevel: string;
  readonly stop: Stop;
}

/**
 * `daybreak call`: one JSON on standard output, the value or the error value, and the exit code that goes with it.
 * A stream prints one JSON a line. What is wrong with the call itself is said before any engine is started.
 */
export async function call(name: string, json: string, options: CallOptions): Promise<number> {
  const { stop } = options;
  const logger = stderrLogger(options.logLevel);
  try {
    const procedure = findProcedure(name);
    if (carriesPassword(json))
      logger.warn(
        { procedure: name },
        'a password in the arguments stands in the process list; use - and standard input',
      );
    const raw = json === '-' ? parseStandardInput(await text(process.stdin)) : parse(json);
    const input = checkInput(procedure, withEnvironment(procedure, raw, process.env));
    const engine = await openCliEngine({
      profile: options.profile,
      door: 'command line',
      logger,
      background: false,
      secretsFile: options.secretsFile,
      attach: attachTo(options),
    });
    try {
      const answer = callByName(engine.client, procedure, input, stop.signal);
      return await print(await Promise.race([answer, interrupted(stop.signal)]), options);
    } finally {
      await engine.close();
    }
  } catch (error) {
    if (isFailure(error)) return printError(error.value);
    if (stop.signal.aborted) return printError(stopped);
    logBug(logger, error);
    process.stderr.write(`daybreak has a bug: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

/** Not every procedure listens to a signal; closing the engine ends what it was doing. */
const interrupted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });

const stopped: FailureValue = { code: 'cancelled', message: 'The call was stopped.', retryable: true };

function parseStandardInput(json: string): unknown {
  if (json.trim() !== '') return parse(json);
  throw new Failure({
    code: 'invalid_input',
    message: 'Standard input was empty. Give it one JSON object, at least {}.',
  });
}

function parse(json: string): unknown {
  if (json.trim() === '') return {};
  try {
    return JSON.parse(json);
  } catch (error) {
    // V8 quotes what it stumbled over, and that may be a password: only the position is told.
    const [position] = /at position \d+/.exec(error instanceof Error ? error.message : '') ?? [
      'see its quotes and braces',
    ];
    throw new Failure(
      {
        code: 'invalid_input',
        message: `The input is not JSON (${position}). Give one JSON object in quotes, or - to read it from standard input.`,
      },
      { cause: error },
    );
  }
}

/** libpq's PGPASSWORD, for the procedures that log in: this process's environment, whichever process the engine is. */
const loggingIn: readonly string[] = ['connections.connect', 'connections.test'];

function withEnvironment({ name }: NamedProcedure, input: unknown, env: NodeJS.ProcessEnv): unknown {
  const password = env['PGPASSWORD'];
  if (!password || !loggingIn.includes(name)) return input;
  if (typeof input !== 'object' || input === null || 'password' in input || 'secretId' in input) return input;
  return { ...input, password };
}

async function print(answer: unknown, { events, stop }: CallOptions): Promise<number> {
  if (isStream(answer)) {
    let left = events ?? Infinity;
    try {
      for await (const event of answer) {
        await write(event);
        if (--left <= 0) break;
      }
    } catch (error) {
      // Ctrl-C is how a stream without --events ends.
      if (!stop.signal.aborted) throw error;
    }
    return 0;
  }
  const reply = answer as Reply<unknown>;
  if (!reply.ok) return printError(reply.error);
  await write(reply.value);
  return 0;
}

async function printError(error: FailureValue): Promise<number> {
  await write(error);
  return 1;
}

const write = (value: unknown): Promise<void> =>
  new Promise((resolve, reject) =>
    process.stdout.write(`${JSON.stringify(value)}\n`, (error) => (error ? reject(error) : resolve())),
  );

const isStream = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
