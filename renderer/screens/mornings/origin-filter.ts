import type { Finding, OriginFilter, Verdict, Victim } from '../../../shared/model/diagnosis.ts';
import type { Statement } from '../../../shared/model/statement.ts';

type Origins = Required<OriginFilter>;

export const isFiltering = (filter: Origins): boolean =>
  filter.applicationNames.length + filter.roleNames.length + filter.databaseNames.length > 0;

const lets = (chosen: readonly string[], seen: readonly (string | null)[]): boolean =>
  chosen.length === 0 || seen.some((one) => one !== null && chosen.includes(one));

/** Whether a statement is one of those that were asked for. An empty list lets everything through. */
export function statementPasses({ applicationNames, roleName, databaseName }: Statement, filter: Origins): boolean {
  return (
    lets(filter.applicationNames, applicationNames) &&
    lets(filter.roleNames, [roleName]) &&
    lets(filter.databaseNames, [databaseName])
  );
}

interface Filtered {
  readonly findings: readonly Finding[];
  readonly victims: readonly Victim[];
  /** Left out by the filter. */
  readonly hiddenFindings: number;
  readonly hiddenVictims: number;
}

/** The lists that are shown. Shares are never worked out again: the blame is that of everybody. */
export function filterVerdict({ findings, victims }: Verdict, filter: Origins): Filtered {
  // A group stands for its members: one of them is enough.
  const shown = findings.filter(({ statement, members }) =>
    [statement, ...members].some((one) => statementPasses(one, filter)),
  );
  const hurt = victims.filter(({ statement }) => statementPasses(statement, filter));
  return {
    findings: shown,
    victims: hurt,
    hiddenFindings: findings.length - shown.length,
    hiddenVictims: victims.length - hurt.length,
  };
}
