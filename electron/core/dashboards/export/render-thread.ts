import { parentPort } from 'node:worker_threads';
import type { RenderReply, RenderRequest } from './render-messages.ts';
import { renderExport } from './render-export.ts';

/**
 * Entry of the thread that draws exports (entry-points.ts, 'export-renderer'). A PDF takes seconds of computing, and the
 * engine has sessions to sample meanwhile.
 */
const port = parentPort;
if (port === null) throw new Error('exports are drawn in a worker thread');

port.on('message', (job: RenderRequest) => void answer(job));

async function answer(job: RenderRequest): Promise<void> {
  const reply = await rendered(job);
  const moved = reply.type === 'done' ? [reply.rendered.bytes.buffer as ArrayBuffer] : [];
  port?.postMessage(reply, moved);
}

async function rendered(job: RenderRequest): Promise<RenderReply> {
  try {
    const { bytes, notices } = await renderExport(job);
    // A copy: a Buffer may be a part of a pool, which cannot be moved.
    return { type: 'done', rendered: { bytes: new Uint8Array(bytes), notices } };
  } catch (error) {
    const bug = error instanceof Error ? error : new Error(String(error));
    return { type: 'failed', message: bug.message, stack: bug.stack };
  }
}
