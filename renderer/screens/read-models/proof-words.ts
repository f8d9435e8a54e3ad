import { formatCount } from '../../../shared/format/count.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { recordFields } from '../../../shared/format/record.ts';
import type { ComparisonOutcome, DifferingRow, Proof } from '../../../shared/model/proof.ts';
import type { Worded } from './words.ts';

export function proofWords(proof: Proof | null): Worded {
  if (proof === null) return { text: 'not proven', tone: 'warning' };
  const telling = proof.steps.filter(({ outcome }) => outcome.result === 'equal' && !outcome.nothing).length;
  switch (proof.verdict) {
    case 'proven':
      return { text: `proven on ${setsText(telling)}`, tone: 'good' };
    case 'partly':
      return { text: `less than proven: equal on ${setsText(telling)}`, tone: 'warning' };
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
      const zero = outcome.nothing && outcome.rows > 0 ? ' of NULL and 0' : '';
      return { text: `equal, ${rows}${zero}${ties}`, tone: outcome.nothing ? 'neutral' : 'good' };
    }
    case 'different':
      return { text: 'different', tone: 'bad' };
    case 'timed_out':
      return { text: `out of time after ${formatDuration(outcome.timeoutMs)}`, tone: 'warning' };
  }
}

/** What to do about a proof that is none; empty for one that is. */
export function adviceOf({ verdict, steps }: Proof): string {
  switch (verdict) {
    case 'proven':
    case 'disproven':
      return '';
    case 'partly':
      return 'Add a set with other values and other results.';
    case 'inconclusive':
      return steps.some(({ outcome }) => outcome.result === 'timed_out')
        ? 'Prove it with a set that reads less, or in a quieter hour.'
        : 'An equal nothing says little: add a set that returns something.';
  }
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
