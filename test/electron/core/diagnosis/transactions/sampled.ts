import type { StoredHistory, TimeWindow } from '../../../../../electron/core/diagnosis/input.ts';
import type { StoredActivityRow } from '../../../../../electron/core/history/history.ts';
import type { ActivityRow } from '../../../../../shared/model/sampling.ts';
import { activityRow } from '../../history/store.ts';
import { stored } from '../../../../support/diagnosis-scenarios.ts';

/** Seconds since the first sample's second. */
export const at = (second: number): number => 1_795_000_000_000 + second * 1000;

/** A sampled session; the statement is the one of the text in `texts`. */
export type Session = Partial<ActivityRow> & { readonly pid: number };

export const texts = {
  '1': 'update erp.stock set on_hand = on_hand - 1 where item_id = $1',
  '2': 'select customer_id, sum(amount) from erp.ar_invoice group by 1',
} as const;

/** One sample a second (or every `everySeconds`), from second 0 on, over [0, seconds). */
export function sampled(
  seconds: number,
  sessions: (second: number) => readonly Session[],
  { everySeconds = 1, fromSecond = 0 }: { readonly everySeconds?: number; readonly fromSecond?: number } = {},
): StoredHistory & TimeWindow {
  const looks = Array.from({ length: Math.ceil(seconds / everySeconds) }, (_, index) => index * everySeconds);
  return {
    fromMs: at(fromSecond),
    toMs: at(seconds),
    statements: Object.entries(texts).map(([id, text]) => stored(id, text, 'erp')),
    deltas: [],
    samples: looks.map((second) => ({ atMs: at(second + 0.5), rows: sessions(second).map(rowOf) })),
    overrides: new Map(),
    widgets: [],
    ownApplicationNames: ['daybreak-sampler'],
  };
}

function rowOf(session: Session): StoredActivityRow {
  const row = activityRow({ queryStartMs: at(-1), xactStartMs: at(-1), query: texts['1'], ...session });
  const statementId = Object.entries(texts).find(([, text]) => text === row.query)?.[0] ?? null;
  return { statementId, row };
}

export const waiting = (pid: number, ...blockers: number[]): Session => ({
  pid,
  waitEventType: 'Lock',
  waitEvent: 'transactionid',
  blockedByPids: blockers,
});

export const idle = (pid: number): Session => ({
  pid,
  state: 'idle in transaction',
  waitEventType: 'Client',
  waitEvent: 'ClientRead',
});
