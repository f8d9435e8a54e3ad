import { Failure, isFailure } from '../../../shared/model/failure.ts';
import type { ActivitySample, Snapshot, StatementKey } from '../../../shared/model/sampling.ts';
import { readActivity } from './queries/activity.ts';
import { readExtensionState, type ExtensionState, type StatementStatistics } from './queries/extension.ts';
import { readAllStatisticsRight, readIdentity, readUncheckedDatabases } from './queries/server-facts.ts';
import { readStatisticsViews } from './queries/server-counters.ts';
import { SnapshotReader } from './queries/statement-counters.ts';
import { maxTextFileBytes, readTextFileBytes, readTexts, type StatementText } from './queries/statement-texts.ts';
import { quoteIdent } from './quote.ts';
import { addressOf } from './reach.ts';
import type { ReadonlySession, Server, SessionLimits, Sql } from './session.ts';

export type { StatementText };
/** A server, for those who read statistics from it and never send SQL themselves. */
export type StatisticsServer = Server;

/** What the sampler reads, on one connection. Every method throws `Failure`. */
export interface StatisticsReader {
  /** False: pg_stat_statements cannot be read here, and only `activity` works. As of the last `look`. */
  readonly hasSnapshots: boolean;
  /** False: this role sees its own statements only. As of the last `look`. */
  readonly seesAll: boolean;
  activity(): Promise<ActivitySample>;
  snapshot(): Promise<Snapshot>;
  /**
   * null: the server's text file is too large to be read. Where its size cannot be asked, a reading that takes too long
   * fails with `cancelled` and the GRANT that tells the size.
   */
  texts(keys: readonly StatementKey[]): Promise<StatementText[] | null>;
  /**
   * Looks again at the extension and at the role's rights: both may come and go while the connection stays. True where
   * something changed; the facts of the server are then read anew as well.
   */
  look(): Promise<boolean>;
}

/** Short, so that the sampler gives up before it becomes a part of the problem. */
const statementTimeoutMs = 5_000;
const lockTimeoutMs = 500;
const textsTimeoutMs = 15_000;
/** Where the size of the file is not known: 94 MB take 0.45 s and grow in proportion, so a file at our limit takes 2.5 s. */
const textsOfUnknownSizeTimeoutMs = 5_000;

/** A text that is valid in no encoding, and one that has no counterpart in ours. */
const textProblems: ReadonlySet<string> = new Set(['22021', '22P05']);
const isTextProblem = (error: unknown): boolean => isFailure(error) && textProblems.has(error.value.sqlstate ?? '');

const isTimeout = ({ value: { code, retryable } }: Failure): boolean => code === 'cancelled' && retryable;

interface TextsAsked {
  readonly keys: readonly StatementKey[];
  readonly timeoutMs: number;
}

/**
 * Runs `work` with a reader on a connection of its own (`daybreak-sampler`), whose statements are prepared once. Throws
 * `connection_lost` where the address leads to another cluster than the one that `server` was opened on.
 */
export function withStatisticsReader<T>(
  server: StatisticsServer,
  work: (reader: StatisticsReader) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  // In a UTF-8 database the bytes are what we want; one in Latin-1 has to convert them for us.
  const uncheckedText = ['UTF8', 'SQL_ASCII'].includes(server.facts.encoding ?? '');
  const limits = {
    applicationName: 'daybreak-sampler',
    statementTimeoutMs,
    lockTimeoutMs,
    prepared: true,
    uncheckedText,
    ...(signal ? { signal } : {}),
  };
  return server.withReadonly(async (session) => {
    requireSameCluster(server, (await readIdentity(session)).systemIdentifier);
    const reader = new SessionReader(server, session, limits);
    await reader.look();
    return work(reader);
  }, limits);
}

/** Two clusters in one history would be neither. Where one of them does not tell its identifier, nobody can say. */
function requireSameCluster({ facts, settings }: Server, found: string | null): void {
  const known = facts.systemIdentifier;
  if (known === null || found === null || known === found) return;
  throw new Failure({
    code: 'connection_lost',
    message: `${addressOf(settings)} now leads to another server (system identifier ${found}) than when ${settings.label} was connected (${known}): nothing of it is recorded. Disconnect and connect again if it is to be sampled.`,
    retryable: true,
  });
}

class SessionReader implements StatisticsReader {
  readonly #server: Server;
  readonly #session: ReadonlySession;
  readonly #limits: SessionLimits;
  #seen = '';
  #statistics: StatementStatistics | null = null;
  #snapshots: SnapshotReader | null = null;
  seesAll = false;

  constructor(server: Server, session: ReadonlySession, limits: SessionLimits) {
    this.#server = server;
    this.#session = session;
    this.#limits = limits;
  }

  get hasSnapshots(): boolean {
    return this.#snapshots !== null;
  }

  activity(): Promise<ActivitySample> {
    return this.#whatever((sql) => readActivity(sql, this.#server.facts.versionNumber));
  }

  async snapshot(): Promise<Snapshot> {
    if (this.#snapshots === null) throw new Error('asked for a snapshot without pg_stat_statements');
    return this.#snapshots.read();
  }

  async texts(keys: readonly StatementKey[]): Promise<StatementText[] | null> {
    const statistics = this.#statistics;
    if (statistics === null) return [];
    const bytes = await readTextFileBytes(this.#session);
    if (bytes !== null && bytes > maxTextFileBytes) return null;
    const ask = { keys, timeoutMs: bytes === null ? textsOfUnknownSizeTimeoutMs : textsTimeoutMs };
    try {
      return await this.#textsFrom(null, statistics, ask).catch((error: unknown) => {
        if (!isTextProblem(error)) throw error;
        return this.#textsUnchecked(ask, error);
      });
    } catch (error) {
      if (bytes !== null || !isFailure(error) || !isTimeout(error)) throw error;
      throw this.#tookTooLong(error);
    }
  }

  async look(): Promise<boolean> {
    const state = await readExtensionState(this.#session);
    const seesAll = await readAllStatisticsRight(this.#session);
    const seen = JSON.stringify([state, [...(state.installed?.columns ?? [])], seesAll]);
    if (seen === this.#seen) return false;
    const first = this.#seen === '';
    this.#seen = seen;
    this.#statistics = readable(state);
    this.#snapshots =
      this.#statistics === null
        ? null
        : new SnapshotReader(this.#session, this.#statistics, await readStatisticsViews(this.#session));
    this.seesAll = seesAll;
    // At the start of a session the facts are as young as the connection, or as old as the one before it.
    if (!first || !this.#agreesWithFacts(state)) await this.#server.refreshFacts();
    return true;
  }

  #agreesWithFacts(state: ExtensionState): boolean {
    const { capabilities, statementStatisticsVersion } = this.#server.facts;
    const known = (wanted: string) => capabilities.find(({ name }) => name === wanted)?.present ?? false;
    return (
      known('all_statistics') === this.seesAll &&
      statementStatisticsVersion === (state.installed?.version ?? null) &&
      (this.hasSnapshots || !known('statement_statistics'))
    );
  }

  /**
   * A database in Latin-1 converts what other sessions run, also what cannot be converted. Then the bytes are taken as
   * they are, for this one reading.
   */
  async #whatever<T>(read: (sql: Sql) => Promise<T>): Promise<T> {
    try {
      return await read(this.#session);
    } catch (error) {
      if (!isTextProblem(error) || this.#limits.uncheckedText) throw error;
      const encoding = (name: string) => this.#session.query(`select set_config('client_encoding', $1, false)`, [name]);
      await encoding('SQL_ASCII');
      try {
        return await read(this.#session);
      } finally {
        await encoding('UTF8');
      }
    }
  }

  /**
   * The extension converts every text that it holds into the encoding of the database where it is asked, so one text
   * of bytes from a database with encoding SQL_ASCII fails the reading of all of them. A database with that encoding
   * is the place where nothing is converted.
   */
  async #textsUnchecked(ask: TextsAsked, cause: unknown): Promise<StatementText[]> {
    const names = await readUncheckedDatabases(this.#session);
    for (const name of names) {
      try {
        return await this.#textsFrom(name, null, ask);
      } catch (error) {
        if (!isFailure(error) || error.value.code === 'cancelled') throw error;
      }
    }
    const [name] = names;
    throw new Failure(
      {
        code: 'capability_missing',
        message: `The text of a statement holds bytes that are no characters, and for its sake the server gives none. ${
          name === undefined
            ? 'It comes from a database with encoding SQL_ASCII that this role may not connect to.'
            : `They could be read from database ${name}: create the extension pg_stat_statements there.`
        } Until then only sampled texts are known.`,
        action: 'create extension pg_stat_statements;',
      },
      { cause },
    );
  }

  /** On a session of its own: it may take long, and must not make the samples wait. */
  #textsFrom(
    database: string | null,
    known: StatementStatistics | null,
    { keys, timeoutMs }: TextsAsked,
  ): Promise<StatementText[]> {
    return this.#server.withReadonly(
      async (apart) => {
        const statistics = known ?? readable(await readExtensionState(apart));
        if (statistics === null) {
          throw new Failure({ code: 'capability_missing', message: `pg_stat_statements is not in ${database}.` });
        }
        return readTexts(apart, statistics, keys);
      },
      {
        ...this.#limits,
        prepared: false,
        statementTimeoutMs: timeoutMs,
        ...(database === null ? {} : { database, uncheckedText: true }),
      },
    );
  }

  /** Time stands for size: it is all that the server tells a role without the right to ask for it. */
  #tookTooLong(cause: Failure): Failure {
    const { roleName } = this.#server.facts;
    return new Failure(
      {
        ...cause.value,
        message: `Reading them took more than ${textsOfUnknownSizeTimeoutMs / 1_000} s and was given up. How large the server's file of texts is, role ${roleName} may not ask; with that right, too large a file is left alone.`,
        action: `grant execute on function pg_catalog.pg_stat_file(text, boolean) to ${quoteIdent(roleName)};`,
      },
      { cause },
    );
  }
}

const readable = ({ installed, executable, preloaded }: ExtensionState): StatementStatistics | null =>
  executable && preloaded ? installed : null;
