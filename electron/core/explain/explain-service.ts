import { randomUUID } from 'node:crypto';
import type { Explained, MissingValue, PlanComparison } from '../../../shared/model/explain.ts';
import { Failure, isFailure } from '../../../shared/model/failure.ts';
import type { KnownServers } from '../connections/known-servers.ts';
import type { History, StoredStatement } from '../history/history.ts';
import { requireCapability } from '../postgres/capabilities.ts';
import { hasGenericPlan } from '../postgres/queries/explain.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import type { Ports } from '../ports.ts';
import type { Server } from '../postgres/session.ts';
import { comparePlans } from './compare-plans.ts';
import { notesOf } from './plan-notes.ts';
import { planReadable, rightsFor } from './plan-readable.ts';
import {
  nullWhereValuesDecide,
  planPrepared,
  prepareStatement,
  textWrites,
  type Planned,
  type Prepared,
} from './plan-statement.ts';
import { sampledTexts } from './sampled-texts.ts';
import { planTree } from './plan-tree.ts';

interface Options {
  readonly ports: Ports;
  readonly history: History;
  readonly servers: KnownServers;
}

export interface ExplainRequest {
  readonly serverId: string;
  readonly statementId: string;
  readonly values?: Readonly<Record<string, string>> | undefined;
  readonly analyze?: boolean | undefined;
  readonly timeoutMs?: number | undefined;
}

export type ExplainAnswer =
  { kind: 'explained'; explained: Explained } | { kind: 'values_needed'; missing: MissingValue[]; sql: string };

const applicationName = 'daybreak-explain';
const planTimeoutMs = 15_000;
const analyzeTimeoutMs = 30_000;
/** ANALYZE of a write waits for row locks of the ERP, and the ERP for its own: not for long. */
const lockTimeoutMs = 1_000;
const listed = 50;

/** Plans stored statements on their server, and keeps the plans. */
export class ExplainService {
  readonly #options: Options;
  readonly #running = new Map<string, Set<AbortController>>();

  constructor(options: Options) {
    this.#options = options;
  }

  async run(request: ExplainRequest): Promise<ExplainAnswer> {
    const { serverId, statementId } = request;
    const statement = await this.#statement(serverId, statementId);
    const server = await this.#options.servers.server(serverId);
    requireOwnDatabase(server, statement);
    const controller = new AbortController();
    const key = keyOf(request);
    const running = this.#running.get(key) ?? new Set();
    this.#running.set(key, running.add(controller));
    try {
      return await this.#explain(server, statement, request, controller.signal);
    } finally {
      running.delete(controller);
      if (running.size === 0) this.#running.delete(key);
    }
  }

  cancel(request: Pick<ExplainRequest, 'serverId' | 'statementId'>): { cancelled: boolean } {
    const running = this.#running.get(keyOf(request)) ?? new Set();
    for (const controller of running) controller.abort(new Error('cancelled by the person'));
    return { cancelled: running.size > 0 };
  }

  async list(serverId: string, statementId: string): Promise<{ explained: Explained[] }> {
    const { fingerprint } = await this.#statement(serverId, statementId);
    return { explained: await this.#options.history.explained.list(serverId, fingerprint, listed) };
  }

  async compare(serverId: string, beforeExplainId: string, afterExplainId: string): Promise<PlanComparison> {
    const [before, after] = await Promise.all([
      this.#stored(serverId, beforeExplainId),
      this.#stored(serverId, afterExplainId),
    ]);
    return comparePlans(before, after);
  }

  /** Ends what is running, on the servers. */
  stop(): void {
    for (const running of this.#running.values()) {
      for (const controller of running) controller.abort(new Error('the engine stops'));
    }
  }

  async #explain(
    server: Server,
    statement: StoredStatement,
    request: ExplainRequest,
    signal: AbortSignal,
  ): Promise<ExplainAnswer> {
    const analyze = request.analyze ?? false;
    const { versionNumber } = server.facts;
    // Behind a pooler cancelling reaches somebody else's statement.
    if (analyze) requireCapability(server.facts, 'session_state');
    // There, too, a prepared statement that an error leaves behind would stay in somebody else's session.
    const maybeGeneric = hasGenericPlan(versionNumber) || hasSessionState(server);
    const samples = await sampledTexts(this.#options.history, request.serverId, statement);
    const changes = analyze && (await textWrites(statement));
    const timeoutMs = analyze ? (request.timeoutMs ?? analyzeTimeoutMs) : planTimeoutMs;
    const limits = { applicationName, statementTimeoutMs: timeoutMs, lockTimeoutMs, signal };
    const answer = await server.withExplain(
      (session) =>
        session.rolledBack(changes ? 'read write' : 'read only', async (sql) => {
          const prepared = await prepareStatement(sql, statement, samples, versionNumber, {
            values: request.values ?? {},
          });
          if (prepared.missing.length === 0) {
            const plan = () =>
              tried(
                async () =>
                  analyze
                    ? { prepared, planned: await planPrepared(sql, prepared, versionNumber, true) }
                    : planReadable(sql, prepared, versionNumber),
                { kind: prepared.statement.kind, analyze, timeoutMs },
              );
            return changes ? this.#logged(request.serverId, prepared.sql, plan) : plan();
          }
          const generic = () =>
            tried(() => planReadable(sql, prepared, versionNumber), {
              kind: prepared.statement.kind,
              analyze,
              timeoutMs,
            });
          const planned = analyze || !maybeGeneric ? null : await nullWhereValuesDecide(generic);
          return planned ?? { prepared, planned };
        }),
      limits,
    );
    const { prepared, planned } = answer;
    if (planned !== null) return this.#keep(request, statement, prepared, planned);
    return { kind: 'values_needed', missing: [...prepared.missing], sql: prepared.sql };
  }

  async #keep(
    { serverId, statementId, analyze = false }: ExplainRequest,
    { fingerprint }: StoredStatement,
    prepared: Prepared,
    { method, document }: Planned,
  ): Promise<ExplainAnswer> {
    const { root, shape } = planTree(document);
    const explained: Explained = {
      explainId: randomUUID(),
      serverId,
      statementId,
      takenAtMs: this.#options.ports.clock.nowMs(),
      method,
      analyzed: analyze,
      sql: prepared.sql,
      values: [...prepared.values],
      root,
      planningMs: document['Planning Time'] ?? null,
      executionMs: document['Execution Time'] ?? null,
      shape,
      notes: notesOf(prepared, method, document, analyze, root),
    };
    await this.#options.history.explained.save(serverId, fingerprint, explained);
    return { kind: 'explained', explained };
  }

  /** What changes something is in the activity log, although it is taken back: sequences and triggers are not. */
  async #logged<T>(serverId: string, sql: string, work: () => Promise<T>): Promise<T> {
    const { ports, history } = this.#options;
    const startedAtMs = ports.clock.nowMs();
    const entryId = await history.activity.begin({
      serverId,
      atMs: startedAtMs,
      actor: ports.actor,
      purpose: 'EXPLAIN ANALYZE, rolled back',
      sql: `explain (analyze, buffers, verbose, format json)\n${sql}`,
      undoSql: null,
      planId: null,
      runId: null,
    });
    const end = (outcome: 'rolled_back' | 'failed', error: string | null) =>
      history.activity.end(entryId, { tookMs: ports.clock.nowMs() - startedAtMs, outcome, error });
    try {
      const result = await work();
      await end('rolled_back', null);
      return result;
    } catch (error) {
      await end('failed', error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  async #statement(serverId: string, statementId: string): Promise<StoredStatement> {
    await this.#options.servers.stored(serverId);
    const [found] = await this.#options.history.samples.statementsById(serverId, [statementId]);
    if (found !== undefined) return found;
    throw new Failure({ code: 'not_found', message: `There is no statement ${statementId} in the history.` });
  }

  async #stored(serverId: string, explainId: string): Promise<Explained> {
    const found = await this.#options.history.explained.get(serverId, explainId);
    if (found !== null) return found;
    throw new Failure({
      code: 'not_found',
      message: `There is no stored plan ${explainId} of this server. Plan the statement again.`,
    });
  }
}

const keyOf = ({ serverId, statementId }: Pick<ExplainRequest, 'serverId' | 'statementId'>): string =>
  `${serverId} ${statementId}`;

/** False behind a pooler in transaction mode. */
export const hasSessionState = ({ facts }: Server): boolean =>
  facts.capabilities.some(({ name, present }) => name === 'session_state' && present);

/** Throws `statement_refused` for a statement of another database: a connection plans in its own only. */
export function requireOwnDatabase({ facts, settings }: Server, { databaseName }: StoredStatement): void {
  if (databaseName === null || databaseName === facts.databaseName) return;
  throw new Failure({
    code: 'statement_refused',
    message: `This statement runs in database ${databaseName}, and the connection ${settings.label} is to ${facts.databaseName}. Add a connection to ${databaseName} on ${settings.host}:${settings.port} and open the statement there.`,
    detail: { construct: 'another database', databaseName },
  });
}

/** The server's refusals with what to do about them. */
async function tried<T>(
  plan: () => Promise<T>,
  { kind, analyze, timeoutMs }: { readonly kind: string; readonly analyze: boolean; readonly timeoutMs: number },
): Promise<T> {
  try {
    return await plan();
  } catch (error) {
    if (!isFailure(error)) throw error;
    const { value } = error;
    const told = (message: string) => new Failure({ ...value, message }, { cause: error });
    if (value.sqlstate === '42501') {
      throw told(
        `${value.message} To plan a statement this role needs the rights to run it: grant ${rightsFor(kind)} on its tables.`,
      );
    }
    if (analyze && value.sqlstate === '25006') {
      throw told(`${value.message} It calls a function that writes, so it was not run; plan it without ANALYZE.`);
    }
    if (analyze && value.sqlstate === '57014' && value.retryable) {
      throw told(
        `ANALYZE was ended after ${formatDuration(timeoutMs)}, on the server too, and rolled back. Give it more time, or plan without ANALYZE.`,
      );
    }
    throw error;
  }
}
