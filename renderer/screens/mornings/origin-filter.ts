import type { Finding, OpenFinding, OriginFilter, Verdict, Victim } from '../../../shared/model/diagnosis.ts';
import type { ReportIndex } from '../../../shared/model/index-advice.ts';
import type { Statement } from '../../../shared/model/statement.ts';
import type { BlockingNode, BlockingTree, SeenTransaction } from '../../../shared/model/transactions.ts';

export type Origins = Required<OriginFilter>;

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

export const transactionPasses = (
  { applicationName, roleName, databaseName }: SeenTransaction,
  filter: Origins,
): boolean =>
  lets(filter.applicationNames, [applicationName]) &&
  lets(filter.roleNames, [roleName]) &&
  lets(filter.databaseNames, [databaseName]);

/** A queue stays whole: it is shown when one of its sessions, at the root or waiting, is asked for. */
export const queuePasses = ({ root }: BlockingTree, filter: Origins): boolean => sessionPasses(root, filter);

const sessionPasses = (session: BlockingNode, filter: Origins): boolean =>
  (lets(filter.applicationNames, [session.applicationName]) &&
    lets(filter.roleNames, [session.roleName]) &&
    lets(filter.databaseNames, [session.statement?.databaseName ?? null])) ||
  session.waiters.some((waiter) => sessionPasses(waiter, filter));

export const indexPasses = ({ usedBy }: ReportIndex, filter: Origins): boolean =>
  !isFiltering(filter) || usedBy.some((statement) => statementPasses(statement, filter));

/** Who ran it then, and who still does. */
export function openFindingPasses({ statement, stillRunBy }: OpenFinding, filter: Origins): boolean {
  const applicationNames = [...statement.applicationNames, ...stillRunBy.map((one) => one.applicationName)];
  const roles = [statement.roleName, ...stillRunBy.map((one) => one.roleName)];
  return roles.some((roleName) => statementPasses({ ...statement, applicationNames, roleName }, filter));
}

interface Passing<Row> {
  readonly shown: readonly Row[];
  /** How many the filter left out. */
  readonly hidden: number;
}

export function passing<Row>(
  rows: readonly Row[],
  filter: Origins,
  passes: (row: Row, filter: Origins) => boolean,
): Passing<Row> {
  const shown = isFiltering(filter) ? rows.filter((row) => passes(row, filter)) : rows;
  return { shown, hidden: rows.length - shown.length };
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
