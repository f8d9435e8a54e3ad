import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Failure } from '../../../shared/model/failure.ts';
import { entryPoint } from '../entry-points.ts';
import type { Migrated } from './migrate.ts';
import { closedFailure, storageFailureOf, type Rescued } from './sqlite.ts';
import type { WriterCommandName, WriterCommands } from './writer-commands.ts';
import type { WriterData, WriterProblem, WriterReply, WriterRequest } from './writer-messages.ts';

/** The engine's side of the writer thread. */
export interface Writer {
  readonly migrated: Migrated | null;
  /** What is open: the store, or its stand-in. */
  readonly file: string;
  readonly rescued: Rescued | null;
  /** Resolves after the command's transaction is committed; commands are run in the order of the calls. */
  write<K extends WriterCommandName>(
    command: K,
    ...args: Parameters<WriterCommands[K]>
  ): Promise<ReturnType<WriterCommands[K]>>;
  /** Ends after everything that was asked for before is written. */
  close(): Promise<void>;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/**
 * Starts the thread; resolves when the store is open and migrated. `spareFailed`: the copy of the last good numbers could
 * not be made, the one before stays.
 */
export async function startWriter(file: string, spareFailed: (error: Error) => void): Promise<Writer> {
  const workerData: WriterData = { file, nowMs: Date.now() };
  const worker = new Worker(entryPoint('history-writer'), { workerData, name: 'history-writer' });
  const exited = once(worker, 'exit');
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let ended: Failure | null = null;

  const end = (failure: Failure): void => {
    ended ??= failure;
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };

  const opened = await new Promise<Extract<WriterReply, { type: 'opened' }>>((resolve, reject) => {
    worker.on('message', (message: WriterReply) => {
      switch (message.type) {
        case 'opened':
          return resolve(message);
        case 'refused':
          return reject(errorOf(message.problem));
        case 'done':
          waiting.get(message.id)?.resolve(message.value);
          return void waiting.delete(message.id);
        case 'spare_failed':
          return spareFailed(errorOf(message.problem));
        case 'failed':
          waiting.get(message.id)?.reject(errorOf(message.problem));
          return void waiting.delete(message.id);
      }
    });
    worker.on('error', (error) => {
      const failure = storageFailureOf('WRITER_DIED', `its writer stopped (${error.message})`, file, error);
      end(failure);
      reject(failure);
    });
    worker.on('exit', () => {
      const failure = storageFailureOf('WRITER_DIED', 'its writer has stopped', file);
      end(failure);
      reject(failure);
    });
  });

  return {
    migrated: opened.migrated,
    file: opened.file,
    rescued: opened.rescued,

    write<K extends WriterCommandName>(command: K, ...args: Parameters<WriterCommands[K]>) {
      return new Promise<ReturnType<WriterCommands[K]>>((resolve, reject) => {
        if (ended !== null) return reject(ended);
        const id = ++lastId;
        waiting.set(id, { resolve: (value) => resolve(value as ReturnType<WriterCommands[K]>), reject });
        worker.postMessage({ id, command, args } satisfies WriterRequest);
      });
    },

    async close() {
      if (ended === null) {
        ended = closedFailure(file);
        worker.postMessage({ close: true } satisfies WriterRequest);
      }
      await exited;
    },
  };
}

function errorOf(problem: WriterProblem): Error {
  if (problem.kind === 'failure') return new Failure(problem.failure);
  const bug = new Error(`history writer: ${problem.message}`);
  if (problem.stack !== undefined) bug.stack = problem.stack;
  return bug;
}
