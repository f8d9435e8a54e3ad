import { isFailure } from '../../../shared/model/failure.ts';
import type { ParameterSet, Original } from '../../../shared/model/proof.ts';
import type { CheckedProposal } from '../../../shared/model/proposal.ts';
import type { Plan } from '../../../shared/model/plan.ts';
import type { DashboardService } from '../dashboards/dashboard-service.ts';
import type { History } from '../history/history.ts';
import type { Server } from '../postgres/session.ts';
import { readerSqlFor } from './propose/suggest.ts';
import { lookUpRegistry } from './registry/look-up.ts';
import { restoreStatement } from './restore-origin.ts';
import { plainQueries, queryOfWidget, widgetOriginalId } from './widget-queries.ts';

interface Sources {
  readonly history: History;
  readonly dashboards: DashboardService;
}

/** An original with what is needed to compare it. */
export interface FoundOriginal extends Original {
  readonly definitionSql: string;
  readonly parameterSets: readonly ParameterSet[];
  /** Definition and query are those that serve now. */
  readonly unchanged: boolean;
}

export interface Originals {
  /** Where the stable name is, or will be. */
  readonly schema: string;
  /** Empty: there is nothing that the definition could be compared with. */
  readonly originals: readonly FoundOriginal[];
  /** The version that serves, where it has this very definition. */
  readonly unchangedSince: number | null;
  /** How each widget asks that it will move. */
  readonly queries: Readonly<Record<string, string>>;
}

/**
 * What a checked proposal has to answer for. The proposal says how each is asked over the model; what is asked comes from
 * the store alone, whatever the proposal says: texts of statements, live queries of widgets, and the statements that the
 * plans of earlier versions answered for.
 */
export async function originalsOf(sources: Sources, server: Server, checked: CheckedProposal): Promise<Originals> {
  const { name, definitionSql, keyColumns } = checked.proposal;
  const { models } = await lookUpRegistry(server);
  const model = models.find((one) => one.name === name);
  const schema = model?.schema ?? server.settings.readModelSchema;
  const serving = model?.versions.find(({ state }) => state === 'current');
  const unchangedSince = serving?.definitionSql === definitionSql ? serving.version : null;
  const plans = await sources.history.plans.list(server.serverId);
  const recorded = recordedStatements(plans, name);
  const statements = await statementOriginals(sources, server, checked, recorded);
  const { widgets, queries } = await widgetOriginals(sources, server.serverId, checked, schema, plans);
  const asksAsNow = ({ rewrittenSql }: Comparable, now: string | null | undefined) =>
    unchangedSince !== null && now != null && now === rewrittenSql;
  const found = [
    ...statements.map((one) => ({ ...one, unchanged: asksAsNow(one, recorded.get(one.originalId)?.rewrittenSql) })),
    ...widgets.map(({ now, ...one }) => ({ ...one, unchanged: asksAsNow(one, now) })),
  ];
  const select = selectOriginal(checked);
  if (found.length === 0 && select !== null) {
    found.push({ ...select, unchanged: asksAsNow(select, readerSqlFor(schema, name, checked.columns, keyColumns)) });
  }
  return {
    schema,
    originals: found.map((one) => ({ ...one, definitionSql })),
    unchangedSince,
    queries,
  };
}

type Comparable = Omit<FoundOriginal, 'definitionSql' | 'unchanged'>;

/** Of plans that were run, since the read model was made: what the newest of them answered for. */
function recordedStatements(plans: readonly Plan[], readModel: string): ReadonlyMap<string, Original> {
  for (const plan of plans) {
    if (plan.state !== 'done' || (plan.readModel !== readModel && plan.kind !== 'uninstall')) continue;
    if (plan.kind === 'drop' || plan.kind === 'uninstall') break;
    const statements = plan.proof?.originals?.filter(({ kind }) => kind === 'statement') ?? beforeOriginals(plan);
    if (statements.length > 0) return new Map(statements.map((one) => [one.originalId, one]));
  }
  return new Map();
}

/** Plans of earlier versions of Daybreak name their statement in the proposal alone. */
function beforeOriginals({ proposal }: Plan): Original[] {
  if (proposal === null || proposal.statementId === null || proposal.derivation === undefined) return [];
  const { originalSql, searchPath, rewrittenSql, frozenParameters } = proposal.derivation;
  const described = describeStatement(proposal.statementId);
  return [{ ...described, originalSql, searchPath, rewrittenSql, frozenParameters }];
}

const statementPrefix = 'statement:';

const describeStatement = (statementId: string) =>
  ({
    originalId: `${statementPrefix}${statementId}`,
    kind: 'statement',
    label: `the statement ${statementId}`,
  }) as const;

async function statementOriginals(
  sources: Sources,
  server: Server,
  checked: CheckedProposal,
  recorded: ReadonlyMap<string, Original>,
): Promise<Comparable[]> {
  const own = checked.statementId;
  const ids = [...recorded.keys()].map((id) => id.slice(statementPrefix.length));
  const found: Comparable[] = [];
  for (const statementId of new Set([...(own === null ? [] : [own]), ...ids])) {
    const described = describeStatement(statementId);
    const before = recorded.get(described.originalId);
    const kept = await keptStatement(sources, server, statementId);
    const originalSql = kept?.text ?? before?.originalSql;
    if (originalSql === undefined) continue;
    const derivation = own === statementId ? checked.derivation : undefined;
    const said = checked.queries?.[described.originalId];
    const sets = derivation?.parameterSets ?? [];
    found.push({
      ...described,
      originalSql,
      searchPath: kept === null ? (before?.searchPath ?? null) : kept.searchPath,
      rewrittenSql: said ?? derivation?.rewrittenSql ?? before?.rewrittenSql ?? null,
      frozenParameters: derivation?.frozenParameters ?? before?.frozenParameters ?? [],
      parameterSets: sets.length > 0 ? sets : (kept?.parameterSets ?? []),
    });
  }
  return found;
}

/** As the history has it now; null where it has forgotten it, or never saw its text. */
async function keptStatement({ history }: Sources, server: Server, statementId: string) {
  const [stored] = await history.samples.statementsById(server.serverId, [statementId]);
  if (stored?.text == null) return null;
  try {
    const { text, searchPath, parameterSets } = await restoreStatement({ server, history }, stored);
    return { text, searchPath, parameterSets };
  } catch (error) {
    if (!isFailure(error) || error.value.code !== 'statement_refused') throw error;
    return { text: stored.text.trim(), searchPath: null, parameterSets: [] };
  }
}

/** Widgets that will read the model, or do already; those without a query of their own answer for nothing. */
async function widgetOriginals(
  { dashboards }: Sources,
  serverId: string,
  checked: CheckedProposal,
  schema: string,
  plans: readonly Plan[],
) {
  const { name, consumers } = checked.proposal;
  const plain = plainQueries(plans, name);
  const moves = new Set(consumers.map(({ consumer }) => consumer));
  const queries: Record<string, string> = {};
  const widgets: (Comparable & { readonly now: string | undefined })[] = [];
  for (const widget of (await dashboards.list(serverId)).flatMap((dashboard) => dashboard.widgets)) {
    const originalId = widgetOriginalId(widget.widgetId);
    const { source, title, liveSql } = widget;
    const now = source.kind === 'read_model' && source.readModel === name ? source.sql : undefined;
    const moved = moves.has(originalId);
    if (now === undefined && !moved && checked.widgetId !== widget.widgetId) continue;
    // One that the plan leaves alone goes on as it is.
    const rewrittenSql = !moved && now !== undefined ? now : queryOfWidget(widget, checked, schema, plain);
    if (moved) queries[originalId] = rewrittenSql;
    if (liveSql === undefined || widgets.some((one) => one.originalId === originalId)) continue;
    const described = { originalId, kind: 'widget', label: `the widget ${title}` } as const;
    const noParameters = { searchPath: null, parameterSets: [], frozenParameters: [] };
    widgets.push({ ...described, originalSql: liveSql, rewrittenSql, now, ...noParameters });
  }
  return { widgets, queries };
}

function selectOriginal({ askedSql, readerSql }: CheckedProposal): Comparable | null {
  if (askedSql === undefined) return null;
  return {
    originalId: 'select',
    kind: 'select',
    label: 'the SELECT that it was proposed from',
    originalSql: askedSql,
    rewrittenSql: readerSql,
    searchPath: null,
    parameterSets: [],
    frozenParameters: [],
  };
}
