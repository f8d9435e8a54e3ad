import { Worker } from 'node:worker_threads';
import { Failure } from '../../../../shared/model/failure.ts';
import { entryPoint } from '../../entry-points.ts';
import type { ExportJob, RenderedExport } from './export-job.ts';
import type { RenderReply, RenderRequest } from './render-messages.ts';

export interface ExportRenderer {
  /**
   * Draws one export in a thread of its own, one after the other. Throws `cancelled` when the signal aborts, which ends
   * the drawing itself, and `not_available` for what needs more memory than a drawing may have.
   */
  render(job: ExportJob, signal?: AbortSignal): Promise<RenderedExport>;
  stop(): Promise<void>;
}

/** Libraries and fonts take 100 MB: kept for who exports one widget after the other, given back after that. */
const idleMs = 30_000;
/** Of one drawing. A dashboard of 12 widgets takes a tenth of it. */
const mostMemoryMb = 1024;

export function createExportRenderer(startThread: () => Worker = startWorker): ExportRenderer {
  let worker: Worker | null = null;
  let idle: ReturnType<typeof setTimeout> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let stopped = false;

  const end = async (): Promise<void> => {
    clearTimeout(idle);
    const ended = worker;
    worker = null;
    await ended?.terminate();
  };

  const draw = (job: ExportJob, signal: AbortSignal | undefined): Promise<RenderedExport> => {
    clearTimeout(idle);
    const thread = (worker ??= startThread());
    thread.ref();
    return new Promise<RenderedExport>((resolve, reject) => {
      const settle = (outcome: () => void): void => {
        thread.off('message', onMessage);
        thread.off('error', onError);
        thread.off('exit', onExit);
        signal?.removeEventListener('abort', onAbort);
        outcome();
      };
      const onMessage = (reply: RenderReply): void => {
        // An engine that ends does not wait for a thread that waits for work.
        thread.unref();
        idle = setTimeout(() => void end(), idleMs).unref();
        settle(() => (reply.type === 'done' ? resolve(reply.rendered) : reject(bugOf(reply))));
      };
      const onError = (error: Error): void => {
        worker = null;
        settle(() => reject(outOfMemory(error) ? tooLarge(error) : error));
      };
      const onExit = (): void => {
        worker = null;
        settle(() => reject(cancelled('the engine stopped')));
      };
      const onAbort = (): void => {
        void end();
        settle(() => reject(cancelled('it was cancelled')));
      };
      thread.on('message', onMessage);
      thread.on('error', onError);
      thread.on('exit', onExit);
      signal?.addEventListener('abort', onAbort, { once: true });
      thread.postMessage(job satisfies RenderRequest);
    });
  };

  return {
    async render(job, signal) {
      const before = last;
      const mine = (async () => {
        await before.catch(() => undefined);
        if (stopped) throw cancelled('the engine stopped');
        if (signal?.aborted) throw cancelled('it was cancelled');
        return draw(job, signal);
      })();
      last = mine.catch(() => undefined);
      return mine;
    },
    async stop() {
      stopped = true;
      await end();
    },
  };
}

const startWorker = (): Worker =>
  new Worker(entryPoint('export-renderer'), {
    name: 'export-renderer',
    resourceLimits: { maxOldGenerationSizeMb: mostMemoryMb },
  });

function bugOf({ message, stack }: Extract<RenderReply, { type: 'failed' }>): Error {
  const bug = new Error(`export: ${message}`);
  if (stack !== undefined) bug.stack = stack;
  return bug;
}

const outOfMemory = (error: Error): boolean => 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';

const tooLarge = (cause: Error): Failure =>
  new Failure(
    {
      code: 'not_available',
      message: `The export needs more than ${mostMemoryMb} MB to be drawn and was given up. Export fewer widgets at once, or the numbers as CSV.`,
    },
    { cause },
  );

const cancelled = (why: string): Failure =>
  new Failure({
    code: 'cancelled',
    message: `The export was not finished: ${why}. Nothing was written.`,
    retryable: true,
  });
