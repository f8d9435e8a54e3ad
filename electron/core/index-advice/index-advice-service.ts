import type { IndexAdvice, ReportIndex } from '../../../shared/model/index-advice.ts';
import type { Statement } from '../../../shared/model/statement.ts';
import { Failure } from '../../../shared/model/failure.ts';
import type { KnownServers } from '../connections/known-servers.ts';
import { hasSessionState, requireOwnDatabase } from '../explain/explain-service.ts';
import { prepareStatement } from '../explain/plan-statement.ts';
import { sampledTexts } from '../explain/sampled-texts.ts';
import type { History, StoredDeltas, StoredStatement } from '../history/history.ts';
import type { TimeWindow } from '../diagnosis/input.ts';
import { readStatementText } from '../sql-text/statement-kind.ts';
import { describeStatements } from '../diagnosis/statements.ts';
import type { DashboardService } from '../dashboards/dashboard-service.ts';
import { gatherInput } from '../mornings/gather-input.ts';
import type { Ports } from '../ports.ts';
import { hasUncountedStatements, readIndexes, readIndexVersion } from '../postgres/queries/index-facts.ts';
import { hasGenericPlan, keepOutOfStatistics } from '../postgres/queries/explain.ts';
import { dropHypotheticals, hypopgSchema } from '../postgres/queries/planner-hypothetical.ts';
import { readTableFacts } from '../postgres/queries/table-facts.ts';
import type { ExplainSession, Server } from '../postgres/session.ts';
import { adviseIndexes } from './advise.ts';
import type { Calls } from '../diagnosis/lookup.ts';
import { refusedByClass } from './class-gate.ts';
import { indexUse, type IndexUse } from './index-use.ts';
import { reportIndexes, type PlannedUse } from './report-indexes.ts';
import { tableName } from './resolve-columns.ts';
import { tableWrites } from './table-writes.ts';
import { inTurn, keptNote, mostPlanned, notesOf, nullWhereRefused, planningMs, tablesOf } from './window-statements.ts';

interface Options {
  readonly ports: Ports;
  readonly history: History;
  readonly servers: KnownServers;
  readonly dashboards: DashboardService;
}

export interface AdviceRequest {
  readonly serverId: string;
  readonly statementId: string;
  readonly values?: Readonly<Record<string, string>> | undefined;
  /** The window that class, calls and writes are read from; without both, the last hour of history. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
}

const limits = { applicationName: 'daybreak-explain', statementTimeoutMs: 10_000, lockTimeoutMs: 1_000 };
const hourMs = 3_600_000;
const mostCached = 5_000;

/** Indexes for OLTP statements, and those that only reports use. Creates and drops nothing. */
export class IndexAdviceService {
  readonly #options: Options;
  /** By server, fingerprint and version of the catalog's indexes; null: cannot be planned. */
  readonly #uses = new Map<string, IndexUse | null>();

  constructor(options: Options) {
    this.#options = options;
  }

  async advise({ serverId, statementId, values, fromMs, toMs }: AdviceRequest): Promise<IndexAdvice> {
    const { history, servers, ports } = this.#options;
    const asked = fromMs === undefined || toMs === undefined ? null : { fromMs, toMs };
    const { stored, described, calls, window } = await this.#statement(serverId, statementId, asked);
    const refused = refusedByClass(described, calls);
    if (refused !== null) return refused;
    const server = await servers.server(serverId);
    requireOwnDatabase(server, stored);
    const samples = await sampledTexts(history, serverId, stored);
    const writes = await this.#writes(serverId, window);
    const { versionNumber } = server.facts;
    const maybeGeneric = hasGenericPlan(versionNumber) || hasSessionState(server);
    return server.withExplain(async (session) => {
      const hypopg = await this.#hypopg(server, session);
      try {
        return await session.rolledBack('read only', async (sql) => {
          const prepared = await prepareStatement(sql, stored, samples, versionNumber, {
            values: values ?? {},
            typicalValues: false,
          });
          const nowMs = ports.clock.nowMs();
          const advice = await adviseIndexes({ sql, prepared, maybeGeneric, versionNumber, hypopg, writes, nowMs });
          if (advice.kind !== 'candidates' || described.class === 'oltp') return advice;
          return { ...advice, notes: [...advice.notes, mixedNote] };
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
    const stored = new Map(
      (await history.samples.statements(serverId, fromMs - hourMs)).map((one) => [one.statementId, one]),
    );
    const due = inTurn(statements, ran, server.facts.databaseName);
    const gathered = await server.withExplain((session) => this.#planAll(server, session, due, stored), limits);
    const { planned, unplanned, leftOut } = gathered;
    const blind = await tablesOf(unplanned.filter((one) => one.class !== 'reporting'));
    const facts = await server.withExplain(
      (session) =>
        session.rolledBack('read only', async (sql) => {
          const indexes = await readIndexes(sql, null);
          const quiet = await keepOutOfStatistics(sql, server.facts.versionNumber);
          const uncounted = await hasUncountedStatements(sql);
          const tables = await readTableFacts(sql, [...new Set(indexes.map(tableName))]);
          return { quiet, uncounted, indexes, tables };
        }),
      limits,
    );
    const indexes = reportIndexes({
      ...facts,
      planned,
      unknownTables: blind.tables,
      writes: await this.#writes(serverId, { fromMs, toMs }),
      nowMs: ports.clock.nowMs(),
    });
    const notes = notesOf(planned, unplanned, leftOut, blind.unreadable);
    if (facts.uncounted && indexes.length > 0) notes.unshift(uncountedNote);
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

  async #statement(
    serverId: string,
    statementId: string,
    asked: TimeWindow | null,
  ): Promise<{ stored: StoredStatement; described: Statement; calls: Calls; window: TimeWindow }> {
    const { history, servers } = this.#options;
    await servers.stored(serverId);
    const [stored] = await history.samples.statementsById(serverId, [statementId]);
    const extent = await history.samples.extent(serverId);
    if (stored === undefined || extent === null) {
      throw new Failure({ code: 'not_found', message: `There is no statement ${statementId} in the history.` });
    }
    const window = asked ?? { fromMs: extent.toMs - hourMs, toMs: extent.toMs + 1 };
    const statements = await this.#described(serverId, window.fromMs, window.toMs, statementId);
    const described = statements.find((one) => one.statementId === statementId);
    if (described === undefined) throw new Error('a stored statement can be described');
    return { stored, described, calls: await this.#calls(serverId, stored, window), window };
  }

  /** Classes from the window and an hour around it, of the statements seen since and of the one that is asked about. */
  async #described(serverId: string, fromMs: number, toMs: number, statementId?: string): Promise<Statement[]> {
    const around = { backMs: hourMs, aheadMs: hourMs, earlierDays: false };
    return describeStatements(await gatherInput(this.#options, serverId, { fromMs, toMs }, { around, statementId }));
  }

  /** A brushed window of minutes says little about an hour: what went before it counts too. */
  async #writes(serverId: string, { fromMs, toMs }: TimeWindow) {
    const { samples } = this.#options.history;
    const window = { fromMs: Math.min(fromMs, toMs - hourMs), toMs };
    return tableWrites(await samples.statements(serverId, window.fromMs), await this.#deltas(serverId, window));
  }

  /** The store answers intervals that only touch the window, too. */
  async #deltas(serverId: string, { fromMs, toMs }: TimeWindow): Promise<StoredDeltas[]> {
    const deltas = await this.#options.history.samples.deltas(serverId, fromMs, toMs);
    return deltas.filter((interval) => interval.toMs > fromMs && interval.fromMs < toMs);
  }

  async #calls(serverId: string, { statementId, text }: StoredStatement, window: TimeWindow): Promise<Calls> {
    const { samples } = this.#options.history;
    const total = { ms: 0, calls: 0, rows: 0 };
    for (const { fromMs, toMs, deltas } of await this.#deltas(serverId, window)) {
      total.ms += toMs - fromMs;
      for (const { counters } of deltas.filter((one) => one.statementId === statementId)) {
        total.calls += counters.calls;
        total.rows += counters.rows;
      }
    }
    // Raw history is kept for two days, minutes and hours for longer.
    for (const tier of ['minute', 'hour'] as const) {
      if (total.ms > 0) break;
      for (const rollup of await samples.rollups(serverId, tier, window.fromMs, window.toMs)) {
        total.ms += rollup.toMs - rollup.fromMs;
        const at = rollup.statementIds.indexOf(Number(statementId));
        total.calls += rollup.calls[at] ?? 0;
        total.rows += rollup.rows[at] ?? 0;
      }
    }
    return {
      perHour: total.ms === 0 ? 0 : (total.calls * hourMs) / total.ms,
      rowsPerCall: total.calls === 0 ? 0 : total.rows / total.calls,
      aggregates: readStatementText(text).aggregates,
    };
  }

  /** Calls of each statement in the window; what was only sampled counts once. */
  async #ran(serverId: string, fromMs: number, toMs: number): Promise<ReadonlyMap<string, number>> {
    const { history } = this.#options;
    const ran = new Map<string, number>();
    const add = (statementId: string, calls: number) => ran.set(statementId, (ran.get(statementId) ?? 0) + calls);
    for (const { deltas } of await this.#deltas(serverId, { fromMs, toMs })) {
      for (const { statementId, counters } of deltas) add(statementId, counters.calls);
    }
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

const uncountedNote =
  "This database has functions or triggers, and their statements are not counted (pg_stat_statements.track is not 'all'): a save may use these indexes unseen. Set track to all and look at another day, or compare the growth of idx_scan in pg_stat_user_indexes with the reports' runs, before one is dropped.";

const mixedNote =
  'By its cost alone it is no OLTP statement; it is called often for a few rows, as a lookup is that lacks an index.';
