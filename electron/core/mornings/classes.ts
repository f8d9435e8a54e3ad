import { Failure } from '../../../shared/model/failure.ts';
import type { Statement, StatementClass } from '../../../shared/model/statement.ts';
import type { Events } from '../events.ts';
import { describeStatements } from '../diagnosis/statements.ts';
import type { StoredStatement } from '../history/history.ts';
import { classReach, gatherInput, ownApplicationNames, type InputSources } from './gather-input.ts';

/** Sets or (null) takes back the person's word on a statement; resolves to the statement with the class it has now. */
export async function setClass(
  sources: InputSources & { readonly events: Events },
  serverId: string,
  statementId: string,
  value: StatementClass | null,
): Promise<Statement> {
  const { samples } = sources.history;
  await sources.servers.stored(serverId);
  const [stored] = await samples.statementsById(serverId, [statementId]);
  if (stored === undefined) {
    throw new Failure({ code: 'not_found', message: `There is no statement ${statementId} in the history.` });
  }
  await samples.setClassOverride(serverId, stored.fingerprint, value);
  sources.events.publish('mornings', serverId, 'classes');
  const extent = (await samples.extent(serverId)) ?? { fromMs: 0, toMs: 1 };
  const lastHour = { fromMs: Math.max(extent.fromMs, extent.toMs - 3_600_000), toMs: extent.toMs + 1 };
  const asked = { around: classReach, statementId };
  const statements = describeStatements(await gatherInput(sources, serverId, lastHour, asked));
  const found = statements.find((statement) => statement.statementId === statementId);
  if (found === undefined) throw new Error('a stored statement can be described');
  return found;
}

/**
 * Every statement whose class the person set, the latest first; also those that have not run for long, so that each
 * can be taken back. One line a statement, whatever roles ran it.
 */
export async function classOverrides(sources: InputSources, serverId: string): Promise<{ statements: Statement[] }> {
  const { history, servers, dashboards } = sources;
  const { capture } = await servers.stored(serverId);
  const overrides = await history.samples.classOverrides(serverId);
  if (overrides.size === 0) return { statements: [] };
  const [all, references] = await Promise.all([
    history.samples.statements(serverId),
    dashboards.widgetReferences(serverId),
  ]);
  const byFingerprint = Map.groupBy(
    all.filter(({ fingerprint }) => overrides.has(fingerprint)),
    ({ fingerprint }) => fingerprint,
  );
  const shown = [...overrides.keys()].flatMap((fingerprint) => best(byFingerprint.get(fingerprint) ?? []) ?? []);
  const described = describeStatements({
    statements: shown,
    overrides,
    widgets: [...references, ...(capture?.widgets ?? [])],
    deltas: [],
    samples: [],
    ownApplicationNames,
  });
  const byId = new Map(described.map((statement) => [statement.statementId, statement]));
  return { statements: shown.flatMap(({ statementId }) => byId.get(statementId) ?? []) };
}

/** The one that the statistics know, with its whole text. */
const best = (statements: readonly StoredStatement[]): StoredStatement | undefined =>
  statements.find(({ key, text }) => key !== null && text !== null) ?? statements[0];
