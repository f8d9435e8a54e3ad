import type { Statement } from '../../../shared/model/statement.ts';

/** What a window says of one statement. */
export interface Calls {
  readonly perHour: number;
  readonly rowsPerCall: number;
  readonly aggregates: boolean;
}

/**
 * Called often for a few rows: a form's lookup. One that lacks an index reads too many blocks to be scored as OLTP, and
 * is exactly what advice is for. The finding that names an index as the cure and the advice itself both ask here.
 */
const isLookup = ({ perHour, rowsPerCall, aggregates }: Calls): boolean =>
  !aggregates && perHour >= 20 && rowsPerCall <= 50;

/** Whether an index may be its cure; the word of a person or of an application is not argued with. */
export const mayHaveIndex = (
  { class: kind, classSource }: Pick<Statement, 'class' | 'classSource'>,
  calls: Calls,
): boolean => kind === 'oltp' || (kind === 'mixed' && classSource === 'score' && isLookup(calls));
