import type { IndexAdvice, ReportIndex } from '../../../shared/model/index-advice.ts';
import type { Statement } from '../../../shared/model/statement.ts';
import { Failure, isFailure } from '../../../shared/model/failure.ts';
import type { KnownServers } from '../connections/known-servers.ts';
import { hasSessionState, requireOwnDatabase } from '../explain/explain-service.ts';
import { prepareStatement } from '../explain/plan-statement.ts';
import { sampledTexts } from '../explain/sampled-texts.ts';
import type { History, StoredDeltas, StoredStatement } from '../history/history.ts';
import { describeStatements } from '../diagnosis/statements.ts';
import type { DashboardService } from '../dashboards/dashboard-service.ts';
import { gatherInput } from '../mornings/gather-input.ts';
import type { Ports } from '../ports.ts';
import { readIndexes, readIndexVersion } from '../postgres/queries/index-facts.ts';
import { keepOutOfStatistics } from '../postgres/queries/explain.ts';
import { dropHypotheticals, hypopgSchema } from '../postgres/queries/planner-hypothetical.ts';
import { quoteIdent } from '../postgres/quote.ts';
import { readTableFacts } from '../postgres/queries/table-facts.ts';
import type { ExplainSession, Server } from '../postgres/session.ts';
import { adviseIndexes } from './advise.ts';
import { refusedByClass } from './class-gate.ts';
import { indexUse, namedTables, type IndexUse } from './index-use.ts';
import { reportIndexes, type PlannedUse } from './report-indexes.ts';
import { tableName } from './resolve-columns.ts';
import { tableWrites } from './table-writes.ts';

interface Options {
  readonly ports: Ports;
  readonly history: History;
  readonly servers: KnownServers;
  readonly dashboards: DashboardService;
}

const limits = { applicationName: 'daybreak-explain', statementTimeoutMs: 10_000, lockTimeoutMs: 1_000 };
const hourMs = 3_600_000;
/** Planning takes some milliseconds of the server a statement: enough for an ERP, not for an afternoon. */
const mostPlanned = 200;
const planningMs = 20_000;
const mostCached = 5_000;

/** Indexes for OLTP statements, and those that only reports use. Creates and drops nothing. */
export class IndexAdviceService {
  readonly #options: Options;
  /** By server, fingerprint and version of the catalog's indexes; null: cannot be planned. */
  readonly #uses = new Map<string, IndexUse | null>();

  constructor(options: Options) {
    this.#options = options;
  }

  async advise(serverId: string, statementId: string, values?: Readonly<Record<string, string>>): Promise<IndexAdvice> {
    const { history, servers, ports } = this.#options;
    const { stored, described } = await this.#statement(serverId, statementId);
    const refused = refusedByClass(described);
    if (refused !== null) return refused;
    const server = await servers.server(serverId);
    requireOwnDatabase(server, stored);
    const samples = await sampledTexts(history, serverId, stored);
    const writes = await this.#writes(serverId);
    const { versionNumber } = server.facts;
    return server.withExplain(async (session) => {
      const hypopg = await this.#hypopg(server, session);
      try {
        return await session.rolledBack('read only', async (sql) => {
          const prepared = await prepareStatement(sql, stored, samples, versionNumber, {
            values: values ?? {},
            typicalValues: false,
          });
          return adviseIndexes({ sql, prepared, versionNumber, hypopg, writes, nowMs: ports.clock.nowMs() });
        });
      } finally {
        // They live as long as the backend, which goes back to the pool; one that is gone has taken them along.
        if (hypopg !== null) await dropHypotheticals(session, hypopg).catch(() => undefined);
      }
    }, limits);
  }

  async onlyReports(
    serverId: string,
    fromMs: number,
    toMs: number,
  ): Promise<{ indexes: ReportIndex[]; notes: string[] }> {
    const { history, servers, ports } = this.#options;
    const statements = await this.#described(serverId, fromMs, toMs);
    const server = await servers.server(serverId);
    const ran = await this.#ran(serverId, fromMs, toMs);
    const stored = new Map((await history.samples.statements(serverId)).map((one) => [one.statementId, one]));
    const due = inTurn(statements, ran, server.facts.databaseName);
    const gathered = await server.withExplain((session) => this.#planAll(server, session, due, stored), limits);
    const { planned, unplanned, leftOut } = gathered;
    const blind = await tablesOf(unplanned.filter((one) => one.class !== 'reporting'));
    const facts = await server.withExplain(
      (session) =>
        session.rolledBack('read only', async (sql) => {
          const indexes = await readIndexes(sql, null);
          const quiet = await keepOutOfStatistics(sql, server.facts.versionNumber);
          return { quiet, indexes, tables: await readTableFacts(sql, [...new Set(indexes.map(tableName))]) };
        }),
      limits,
    );
    const indexes = reportIndexes({
      ...facts,
      planned,
      unknownTables: blind.tables,
      writes: await this.#writes(serverId),
      nowMs: ports.clock.nowMs(),
    });
    const notes = notesOf(planned, unplanned, leftOut, blind.unreadable);
    return { indexes, notes: [...notes, ...(facts.quiet ? [] : [keptNote(server)])] };
  }

  async #planAll(
    server: Server,
    session: ExplainSession,
    due: readonly Statement[],
    stored: ReadonlyMap<string, StoredStatement>,
  ): Promise<{ planned: PlannedUse[]; unplanned: Statement[]; leftOut: Statement[] }> {
    const { ports, history } = this.#options;
    const version = await readIndexVersion(session);
    const untilMs = ports.clock.nowMs() + planningMs;
    const planned: PlannedUse[] = [];
    const unplanned: Statement[] = [];
    const leftOut: Statement[] = [];
    let made = 0;
    for (const statement of due) {
      const key = `${server.serverId} ${statement.fingerprint} ${version}`;
      let use = this.#uses.get(key);
      if (use === undefined) {
        const known = stored.get(statement.statementId);
        if (known === undefined || made >= mostPlanned || ports.clock.nowMs() > untilMs) {
          leftOut.push(statement);
          continue;
        }
        made += 1;
        const samples = (await history.explained.sampledTexts(server.serverId, known.fingerprint)) ?? [];
        use = await nullWhereRefused(() => indexUse(session, known, samples, server.facts.versionNumber));
        this.#remember(key, use);
      }
      if (use === null) unplanned.push(statement);
      else planned.push({ statement, use });
    }
    return { planned, unplanned: [...unplanned, ...leftOut], leftOut };
  }

  #remember(key: string, use: IndexUse | null): void {
    this.#uses.set(key, use);
    const [oldest] = this.#uses.keys();
    if (this.#uses.size > mostCached && oldest !== undefined) this.#uses.delete(oldest);
  }

  /** Behind a pooler a hypothetical index would stay in somebody else's backend. */
  async #hypopg(server: Server, session: ExplainSession): Promise<string | null> {
    return hasSessionState(server) ? hypopgSchema(session) : null;
  }

  async #statement(serverId: string, statementId: string): Promise<{ stored: StoredStatement; described: Statement }> {
    const { history, servers } = this.#options;
    await servers.stored(serverId);
    const stored = (await history.samples.statements(serverId)).find((one) => one.statementId === statementId);
    const extent = await history.samples.extent(serverId);
    if (stored === undefined || extent === null) {
      throw new Failure({ code: 'not_found', message: `There is no statement ${statementId} in the history.` });
    }
    const statements = await this.#described(serverId, extent.toMs - hourMs, extent.toMs + 1);
    const described = statements.find((one) => one.statementId === statementId);
    if (described === undefined) throw new Error('a stored statement can be described');
    return { stored, described };
  }

  /** Classes of all known statements, from the window and an hour around it. */
  async #described(serverId: string, fromMs: number, toMs: number): Promise<Statement[]> {
    const around = { backMs: hourMs, aheadMs: hourMs, earlierDays: false };
    return describeStatements(await gatherInput(this.#options, serverId, { fromMs, toMs }, { around }));
  }

  async #writes(serverId: string) {
    const { history } = this.#options;
    const extent = await history.samples.extent(serverId);
    if (extent === null) return null;
    const deltas = await history.samples.deltas(serverId, extent.toMs - hourMs, extent.toMs);
    return tableWrites(await history.samples.statements(serverId), deltas);
  }

  /** Calls of each statement in the window; what was only sampled counts once. */
  async #ran(serverId: string, fromMs: number, toMs: number): Promise<ReadonlyMap<string, number>> {
    const { history } = this.#options;
    const ran = new Map<string, number>();
    const add = (statementId: string, calls: number) => ran.set(statementId, (ran.get(statementId) ?? 0) + calls);
    const deltas: StoredDeltas[] = await history.samples.deltas(serverId, fromMs, toMs);
    for (const interval of deltas)
      for (const { statementId, counters } of interval.deltas) add(statementId, counters.calls);
    for (const { rows } of await history.samples.samples(serverId, fromMs, toMs)) {
      for (const { statementId } of rows) if (statementId !== null && !ran.has(statementId)) add(statementId, 1);
    }
    if (ran.size > 0) return ran;
    // Raw history is kept for two days, minutes and hours for longer.
    for (const tier of ['minute', 'hour'] as const) {
      for (const { statementIds, calls } of await history.samples.rollups(serverId, tier, fromMs, toMs)) {
        statementIds.forEach((statementId, at) => add(String(statementId), calls[at] ?? 0));
      }
      if (ran.size > 0) break;
    }
    return ran;
  }
}

/**
 * One statement of each fingerprint of this database: what is no report first, since it decides what may not go, then
 * the reports, each the most called first. Transaction control and maintenance have no plan.
 */
function inTurn(statements: readonly Statement[], ran: ReadonlyMap<string, number>, databaseName: string): Statement[] {
  const calls = ({ statementId }: Statement) => ran.get(statementId) ?? 0;
  const seen = new Set<string>();
  return statements
    .filter((one) => calls(one) > 0 && one.databaseName === databaseName && plannable.test(one.text ?? ''))
    .toSorted((a, b) => Number(a.class === 'reporting') - Number(b.class === 'reporting') || calls(b) - calls(a))
    .filter(({ fingerprint }) => !seen.has(fingerprint) && seen.add(fingerprint));
}

const plannable =
  /^\s*(?:\/\*[\s\S]*?\*\/\s*|\(\s*)*(select|with|insert|update|delete|merge|table|values|copy|declare|refresh)\b/i;

async function nullWhereRefused(work: () => Promise<IndexUse>): Promise<IndexUse | null> {
  try {
    return await work();
  } catch (error) {
    if (!isFailure(error) || ['connection_lost', 'cancelled', 'host_unreachable'].includes(error.value.code))
      throw error;
    return null;
  }
}

async function tablesOf(statements: readonly Statement[]): Promise<{ tables: Set<string>; unreadable: number }> {
  const tables = new Set<string>();
  let unreadable = 0;
  for (const { text } of statements) {
    const named = await namedTables(text ?? '');
    if (named === null) unreadable += 1;
    for (const name of named ?? []) tables.add(name);
  }
  return { tables, unreadable };
}

const keptNote = ({ facts }: Server): string =>
  `Each statement that was planned left an entry of EXPLAIN in pg_stat_statements, and will not be planned again until indexes change.${
    facts.versionNumber >= 150_000
      ? ` To leave none: grant set on parameter pg_stat_statements.track_utility to ${quoteIdent(facts.roleName)};`
      : ''
  }`;

function notesOf(
  planned: readonly PlannedUse[],
  unplanned: readonly Statement[],
  leftOut: readonly Statement[],
  unreadable: number,
): string[] {
  const others = unplanned.filter((one) => one.class !== 'reporting').length;
  const statements = (count: number) => `${count} statement${count === 1 ? '' : 's'}`;
  return [
    `${statements(planned.length)} of the window were planned; what runs outside of the window, and what planned statements do with other values, is not seen.`,
    ...(others === 0
      ? []
      : [`${statements(others)} that are no reports could not be planned: indexes on their tables are not listed.`]),
    ...(unreadable === 0
      ? []
      : [
          `${statements(unreadable)} that are no reports cannot be read at all: look at pg_stat_user_indexes before anything is dropped.`,
        ]),
    ...(leftOut.length === 0
      ? []
      : [
          `${statements(leftOut.length)} were left out: at most ${mostPlanned} are planned, for ${planningMs / 1000} seconds. Ask again to go on.`,
        ]),
  ];
}
