import type { ProposedRewriting } from '../../../shared/model/derivation.ts';
import type { CheckedProposal } from '../../../shared/model/read-model.ts';

/** What became of one parameter of the statement. */
export interface ParameterFact {
  /** '$3'. */
  readonly name: string;
  readonly state: 'free' | 'frozen';
  /** The value that is kept, or the columns of the read model that it filters. */
  readonly text: string;
}

/** Every parameter once, by number. */
export function parameterFacts(rewriting: ProposedRewriting): ParameterFact[] {
  const { dimensions, frozenParameters, parameterSets } = rewriting;
  const names = new Set([
    ...Object.keys(parameterSets[0] ?? {}),
    ...dimensions.flatMap(({ parameters }) => parameters),
    ...frozenParameters.map(({ name }) => name),
  ]);
  const shown = new Map<string, ParameterFact>();
  for (const name of names) {
    const kept = frozenParameters.find((one) => one.name === name);
    const columns = dimensions.filter(({ parameters }) => parameters.includes(name)).map(({ column }) => column);
    const filters = columns.length === 0 ? 'the reader gives it' : `filters ${columns.join(', ')}`;
    shown.set(name, {
      name,
      state: kept === undefined ? 'free' : 'frozen',
      text: kept === undefined ? filters : kept.literal,
    });
  }
  return [...shown.values()].toSorted((a, b) => Number(a.name.slice(1)) - Number(b.name.slice(1)));
}

/** 'invoice_date by month'; null where no range of time filters. */
export function periodText({ period }: ProposedRewriting): string | null {
  if (period === null) return null;
  return period.grain === 'instant' ? `${period.column}, every moment as it is` : `${period.column} by ${period.grain}`;
}

/** The person's own rewritten query, and the suggestion that it was made from. */
export interface OwnRewritten {
  readonly of: string;
  readonly sql: string;
}

/** The rewriting as the person has it; another suggestion (the name changed) takes its place. */
export function rewritingOf(checked: CheckedProposal | null, own: OwnRewritten | null): ProposedRewriting | null {
  const suggested = checked?.derivation ?? null;
  if (suggested === null || own === null || own.of !== suggested.rewrittenSql) return suggested;
  return { ...suggested, rewrittenSql: own.sql };
}
