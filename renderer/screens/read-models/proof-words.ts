import { formatCount } from '../../../shared/format/count.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { recordFields } from '../../../shared/format/record.ts';
import type { ComparisonOutcome, DifferingRow, Proof } from '../../../shared/model/proof.ts';
import type { Worded } from './words.ts';

export function proofWords(proof: Proof | null): Worded {
  if (proof === null) return { text: 'not proven', tone: 'warning' };
  switch (proof.verdict) {
    case 'proven':
      return { text: `proven on ${setsText(proof.steps.length)}`, tone: 'good' };
    case 'disproven':
      return { text: 'returns other rows', tone: 'bad' };
    case 'inconclusive':
      return { text: 'proves nothing yet', tone: 'warning' };
  }
}

export const setsText = (count: number): string => (count === 1 ? '1 parameter set' : `${count} parameter sets`);

/** 'equal, 12 rows'. */
export function outcomeWords(outcome: ComparisonOutcome): Worded {
  switch (outcome.result) {
    case 'equal': {
      const rows = outcome.rows === 1 ? '1 row' : `${formatCount(outcome.rows)} rows`;
      const ties = outcome.tiesAtLimit ? ', but for rows that tie at the LIMIT' : '';
      return { text: `equal, ${rows}${ties}`, tone: outcome.rows === 0 ? 'neutral' : 'good' };
    }
    case 'different':
      return { text: 'different', tone: 'bad' };
    case 'timed_out':
      return { text: `out of time after ${formatDuration(outcome.timeoutMs)}`, tone: 'warning' };
  }
}

/** What to do about a proof that proves nothing. */
export function inconclusiveText({ steps }: Proof): string {
  return steps.some(({ outcome }) => outcome.result === 'timed_out')
    ? 'A parameter set ran out of time. Prove it with one that reads less, or in a quieter hour.'
    : 'No parameter set returned a row, and an equal nothing says little. Add one that does.';
}

export interface DifferingTable {
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly side: string;
    readonly times: number;
    readonly cells: readonly (string | null)[];
  }[];
}

const sides = { original: 'only the statement', rewritten: 'only the rewritten query' } as const;

/** Rows with a cell for each column; where a row cannot be taken apart it is one cell. */
export function differingTable(columns: readonly string[], rows: readonly DifferingRow[]): DifferingTable {
  const cells = rows.map(({ row }) => recordFields(row));
  const whole = cells.some((fields) => fields === null || fields.length !== columns.length);
  return {
    columns: whole ? ['row'] : columns,
    rows: rows.map(({ side, times, row }, at) => ({
      side: sides[side],
      times,
      cells: whole ? [row] : (cells[at] ?? []),
    })),
  };
}
