import type { IndexAdvice } from '../../../shared/model/index-advice.ts';
import type { Statement } from '../../../shared/model/statement.ts';
import { mayHaveIndex, type Calls } from '../diagnosis/lookup.ts';

const sources: Readonly<Record<Statement['classSource'], string>> = {
  score: 'by what it does',
  tag: 'by the application that runs it',
  override: 'by your own word',
};

/** Why a statement gets no index, or null for OLTP. An OLTP schema in an OLAP costume is what this prevents. */
export function refusedByClass(
  statement: Pick<Statement, 'class' | 'classSource'>,
  calls: Calls,
): Extract<IndexAdvice, { kind: 'none' }> | null {
  if (mayHaveIndex(statement, calls)) return null;
  const source = sources[statement.classSource];
  switch (statement.class) {
    case 'reporting':
      return {
        kind: 'none',
        instead: 'read_model',
        reason: `It is a report (${source}). An index for it would be paid by every save; a read model answers it without touching the tables that people save into. If it is a lookup of a form that lacks an index, set its class to OLTP.`,
      };
    case 'batch':
      return {
        kind: 'none',
        instead: 'reschedule',
        reason: `It is batch work (${source}): run it in the quiet hours, queue it, or cut it into smaller chunks. An index would make its own writes slower.`,
      };
    case 'maintenance':
      return {
        kind: 'none',
        instead: 'leave',
        reason: `It is maintenance (${source}); an index does nothing for it.`,
      };
    // What may have an index has left already; the word `oltp` alone lets it.
    case 'oltp':
    case 'mixed':
      return {
        kind: 'none',
        instead: 'leave',
        reason: `It is neither clearly OLTP nor clearly a report (${source}): too few calls, or too long ones. Set its class to OLTP if people wait for it in a form, and ask again.`,
      };
  }
}
