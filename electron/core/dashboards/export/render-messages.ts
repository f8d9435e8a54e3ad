import type { ExportJob, RenderedExport } from './export-job.ts';

/** What the engine sends to the rendering thread, and what comes back: one job at a time. */
export type RenderRequest = ExportJob;

export type RenderReply =
  | { readonly type: 'done'; readonly rendered: RenderedExport }
  /** A bug: thrown again on the other side, with the stack from here. */
  | { readonly type: 'failed'; readonly message: string; readonly stack: string | undefined };
