import type { ExpectedSaving } from '../../../shared/model/derivation.ts';
import { Failure, isFailure } from '../../../shared/model/failure.ts';
import type { DashboardService } from '../dashboards/dashboard-service.ts';
import type { History } from '../history/history.ts';
import type { Server } from '../postgres/session.ts';
import type { ProposalOrigin } from './propose/propose.ts';
import { restoreStatement } from './restore-origin.ts';

/** Where a proposal begins, as a person says it. */
export type ProposeFrom =
  | {
      readonly kind: 'statement';
      readonly statementId: string;
      /** '$1' -> SQL literal: constants that only the person knows. */
      readonly values?: Readonly<Record<string, string>> | undefined;
      /** '$1': parameters that shall keep their values although they could filter. */
      readonly freeze?: readonly string[] | undefined;
    }
  | { readonly kind: 'widget'; readonly widgetId: string }
  | { readonly kind: 'sql'; readonly sql: string };

interface Sources {
  readonly history: History;
  readonly dashboards: DashboardService;
}

/** `originOf`, with what is known of a statement's constants. */
export async function restoredOriginOf(
  sources: Sources,
  server: Server,
  from: ProposeFrom,
  definitionIsGiven: boolean,
): Promise<ProposalOrigin> {
  const origin = await originOf(sources, server.serverId, from);
  if (origin.kind !== 'statement' || from.kind !== 'statement') return origin;
  const stored = await storedStatement(sources.history, server.serverId, from.statementId);
  if (stored === undefined) return origin;
  try {
    const restored = await restoreStatement({ server, history: sources.history }, stored, from.values);
    return { ...origin, ...restored, freeze: from.freeze ?? [] };
  } catch (error) {
    // A definition of the person's own needs none of it.
    if (definitionIsGiven && isFailure(error) && error.value.code === 'statement_refused') return origin;
    throw error;
  }
}

interface Asked {
  readonly fingerprint: string | null;
  readonly readers: readonly string[];
}

async function askedBy({ dashboards, history }: Sources, serverId: string, from: ProposeFrom): Promise<Asked> {
  switch (from.kind) {
    case 'sql':
      return { fingerprint: null, readers: [] };
    case 'widget':
      return dashboards.askedBy(serverId, from.widgetId);
    case 'statement':
      return {
        fingerprint: (await storedStatement(history, serverId, from.statementId))?.fingerprint ?? null,
        readers: [],
      };
  }
}

/** Roles whose statements the history shows for this origin, without our own. */
export async function askersOf(
  sources: Sources,
  serverId: string,
  from: ProposeFrom,
  ownRole: string,
): Promise<string[]> {
  const asked = await askedBy(sources, serverId, from);
  const { openFindings } = sources.history;
  const statements = asked.fingerprint === null ? [] : await openFindings.statementsOf(serverId, [asked.fingerprint]);
  const seen = statements.flatMap(({ roleName }) => (roleName === null ? [] : [roleName]));
  return [...new Set([...asked.readers, ...seen])].filter((role) => role !== ownRole).toSorted();
}

/** What the open finding of this origin's statement expects of a cure; null without one. */
export async function savingOf(sources: Sources, serverId: string, from: ProposeFrom): Promise<ExpectedSaving | null> {
  const { fingerprint } = await askedBy(sources, serverId, from);
  const findings = fingerprint === null ? [] : await sources.history.openFindings.list(serverId);
  const finding = findings.find((one) => one.fingerprint === fingerprint);
  if (finding === undefined) return null;
  const { grade, blameShare, damageSeconds, window, prediction } = finding;
  const { meanMs, p95Ms } = prediction ?? { meanMs: null, p95Ms: null };
  return { grade, blameShare, damageSeconds, window: { ...window }, meanMs, p95Ms };
}

/** The text or definition that it begins with. Throws `not_found`, `statement_refused` for a text that was never seen. */
export async function originOf(
  { dashboards, history }: Sources,
  serverId: string,
  from: ProposeFrom,
): Promise<ProposalOrigin> {
  switch (from.kind) {
    case 'sql':
      return from;
    case 'widget':
      return dashboards.proposalOrigin(serverId, from.widgetId);
    case 'statement': {
      const statement = await storedStatement(history, serverId, from.statementId);
      if (statement === undefined) {
        throw new Failure({
          code: 'not_found',
          message: `There is no statement ${from.statementId} in the history of this connection.`,
        });
      }
      const widgetId = await dashboards.widgetOf(serverId, statement.fingerprint);
      if (widgetId !== null) return dashboards.proposalOrigin(serverId, widgetId);
      if (statement.text === null) {
        throw new Failure({
          code: 'statement_refused',
          message: `The text of statement ${from.statementId} has not been seen, so no read model can be proposed from it. Paste its SELECT instead.`,
        });
      }
      return { kind: 'statement', statementId: statement.statementId, text: statement.text };
    }
  }
}

async function storedStatement(history: History, serverId: string, statementId: string) {
  const [stored] = await history.samples.statementsById(serverId, [statementId]);
  return stored;
}
