import { client, unwrap } from './client.ts';
import { createAsked } from './asked.ts';

/** A window of one server's history. */
export interface WindowOf {
  readonly serverId: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A window that is brushed a little further shows the old rows until the new ones are there. */
const overlaps = (before: WindowOf, next: WindowOf): boolean =>
  before.serverId === next.serverId && before.toMs > next.fromMs && before.fromMs < next.toMs;

/** The longest transactions of the window. */
export const slowTransactions = createAsked(
  async (window: WindowOf, signal) => unwrap(await client().mornings.transactions({ ...window }, { signal })),
  { keeps: overlaps },
);

/** Lock queues of the window, the most waited for first. */
export const lockQueues = createAsked(
  async (window: WindowOf, signal) => unwrap(await client().mornings.blocking({ ...window }, { signal })),
  { keeps: overlaps },
);

/** Every statement that was seen in the window. */
export const statementsSeen = createAsked(
  async (window: WindowOf, signal) => unwrap(await client().mornings.statements({ ...window }, { signal })).statements,
  { keeps: overlaps },
);

interface TwoWindows {
  readonly serverId: string;
  readonly before: { readonly fromMs: number; readonly toMs: number };
  readonly after: { readonly fromMs: number; readonly toMs: number };
  /** Whose clock the sentence tells. */
  readonly readerTimeZone: string;
}

/** Two mornings of one server beside each other. */
export const comparedMornings = createAsked(
  async (windows: TwoWindows, signal) => unwrap(await client().mornings.compare({ ...windows }, { signal })),
  // Told by another clock it is still the same comparison.
  {
    keeps: (before, next) =>
      JSON.stringify({ ...before, readerTimeZone: next.readerTimeZone }) === JSON.stringify(next),
  },
);
