import { parentPort, workerData } from 'node:worker_threads';
import { isFailure } from '../../../shared/model/failure.ts';
import { keepSpare } from './spare-keeper.ts';
import { openWriter, storageFailure, type OpenedWriter } from './sqlite.ts';
import { createCommandRunner } from './writer-commands.ts';
import type { WriterData, WriterProblem, WriterReply, WriterRequest } from './writer-messages.ts';

/** Entry point of the thread that is the only writer of the store (entry-points.ts, 'history-writer'). */
const { file, nowMs } = workerData as WriterData;
const port = parentPort;
if (port === null) throw new Error('the history writer runs in a worker thread');

const reply = (message: WriterReply): void => port.postMessage(message);

function problemOf(error: unknown): WriterProblem {
  const translated = storageFailure(error, file);
  if (isFailure(translated)) return { kind: 'failure', failure: translated.value };
  const bug = translated instanceof Error ? translated : new Error(String(translated));
  return { kind: 'bug', message: bug.message, stack: bug.stack };
}

function open(): OpenedWriter | null {
  try {
    return openWriter(file, nowMs);
  } catch (error) {
    reply({ type: 'refused', problem: problemOf(error) });
    return null;
  }
}

const opened = open();
if (opened !== null) {
  const { db, migrated, rescued } = opened;
  const run = createCommandRunner(db);
  // A stand-in is thrown away: its numbers must not take the place of the copy beside the real store.
  const spare =
    rescued?.why === 'newer'
      ? null
      : keepSpare(db, file, (error) => reply({ type: 'spare_failed', problem: problemOf(error) }));
  port.on('message', (request: WriterRequest) => {
    if ('close' in request) {
      spare?.close();
      db.close();
      port.close();
      return;
    }
    const { id, command, args } = request;
    try {
      const value = run(command, args as Parameters<typeof run>[1]);
      spare?.after(command, value);
      reply({ type: 'done', id, value });
    } catch (error) {
      reply({ type: 'failed', id, problem: problemOf(error) });
    }
  });
  reply({ type: 'opened', file: opened.file, migrated, rescued });
}
