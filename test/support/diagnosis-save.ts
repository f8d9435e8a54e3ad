import type { Report } from './diagnosis-scenario.ts';

/** A save: statements in order, with the processor time of each, ms. */
export const saveSteps = [
  { id: 'header', ms: 0.18, blocks: 12, text: 'insert into erp.ar_invoice (invoice_no, customer_id) values ($1, $2)' },
  { id: 'line', ms: 0.12, blocks: 9, text: 'insert into erp.ar_invoice_line (invoice_id, line_no) values ($1, $2)' },
  { id: 'line', ms: 0.12, blocks: 9, text: '' },
  { id: 'stock', ms: 0.15, blocks: 11, text: 'update erp.stock set on_hand = on_hand - $3 where item_id = $1' },
  { id: 'stock', ms: 0.15, blocks: 11, text: '' },
  { id: 'ledger', ms: 0.14, blocks: 10, text: 'insert into erp.gl_entry (posted_on, account_id) values ($1, $2)' },
  { id: 'ledger', ms: 0.14, blocks: 10, text: '' },
] as const;
export const saveMs = saveSteps.reduce((total, { ms }) => total + ms, 0);

export interface Save {
  pid: number;
  step: number;
  startedAt: number;
  endsAt: number;
  waitingForLock: boolean;
  pausedSeconds: number;
  previousStartedAt: number;
  waits: { total: number; byReport: Map<string, number> };
}
export interface Run {
  readonly report: Report;
  readonly pid: number;
  startedAt: number;
  left: number;
  pausedUntil: number;
  running: boolean;
}

export const textOfStep = (id: string): string => saveSteps.find((step) => step.id === id)?.text ?? '';
