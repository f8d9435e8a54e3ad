import type { ActivitySample, Snapshot, StatementKey } from '../../../shared/model/sampling.ts';
import { readActivity } from './queries/activity.ts';
import { readExtensionState } from './queries/extension.ts';
import { readStatisticsViews } from './queries/server-counters.ts';
import { SnapshotReader } from './queries/statement-counters.ts';
import { maxTextFileBytes, readTextFileBytes, readTexts, type StatementText } from './queries/statement-texts.ts';
import type { Server } from './session.ts';

export type { StatementText };
/** A server, for those who read statistics from it and never send SQL themselves. */
export type StatisticsServer = Server;

/** What the sampler reads, on one connection. Every method throws `Failure`. */
export interface StatisticsReader {
  /** False: pg_stat_statements cannot be read here, and only `activity` works. */
  readonly hasSnapshots: boolean;
  activity(): Promise<ActivitySample>;
  snapshot(): Promise<Snapshot>;
  /** null: the server's text file is too large to be read. */
  texts(keys: readonly StatementKey[]): Promise<StatementText[] | null>;
}

/** Short, so that the sampler gives up before it becomes a part of the problem. */
const statementTimeoutMs = 5_000;
const lockTimeoutMs = 500;
const textsTimeoutMs = 15_000;

/** Runs `work` with a reader on a connection of its own (`daybreak-sampler`), whose statements are prepared once. */
export function withStatisticsReader<T>(
  server: StatisticsServer,
  work: (reader: StatisticsReader) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const limits = {
    applicationName: 'daybreak-sampler',
    statementTimeoutMs,
    lockTimeoutMs,
    prepared: true,
    ...(signal ? { signal } : {}),
  };
  return server.withReadonly(async (session) => {
    const { installed, executable, preloaded } = await readExtensionState(session);
    const statistics = executable && preloaded ? installed : null;
    const snapshots =
      statistics === null ? null : new SnapshotReader(session, statistics, await readStatisticsViews(session));
    return work({
      hasSnapshots: statistics !== null,
      activity: () => readActivity(session, server.facts.versionNumber),
      snapshot: async () => {
        if (snapshots === null) throw new Error('asked for a snapshot without pg_stat_statements');
        return snapshots.read();
      },
      texts: (keys) =>
        // On a session of its own: it may take long, and must not make the samples wait.
        server.withReadonly(
          async (apart) => {
            if (statistics === null) return [];
            const bytes = await readTextFileBytes(apart);
            return bytes !== null && bytes > maxTextFileBytes ? null : readTexts(apart, statistics, keys);
          },
          { ...limits, prepared: false, statementTimeoutMs: textsTimeoutMs },
        ),
    });
  }, limits);
}
