import type { ActivityRow } from '../../../shared/model/sampling.ts';
import type { ResourceUse } from './resources.ts';

/**
 * PostgreSQL 18 has files read by processes of its own (io_method = worker), which nobody may hold responsible: they read
 * what sessions asked for. pg_stat_activity does not tell whose read it is (pg_aios would, at a price), so each of them
 * counts for a session that waits for a file at that moment, like a parallel worker for its leader.
 */
export const isIoWorker = ({ backendType }: Pick<ActivityRow, 'backendType'>): boolean => backendType === 'io worker';

interface Looked {
  readonly pid: number;
  readonly backendType: string;
  readonly use: ResourceUse | null;
}

/**
 * Whom each io worker of a sample reads for, by the worker's pid: the sessions that wait for a file, in turn. Which of them
 * comes first changes from sample to sample, so that over many of them each has its part. A worker without an entry
 * reads ahead for somebody who is not seen to wait.
 *
 * @param turn Any whole number of at least 0 that grows from sample to sample.
 */
export function servedByIoWorkers<T extends Looked>(rows: readonly T[], turn: number): ReadonlyMap<number, T> {
  const workers = rows.filter(isIoWorker);
  if (workers.length === 0) return new Map();
  const byPid = (some: readonly T[]) => some.toSorted((a, b) => a.pid - b.pid);
  const waiting = byPid(rows.filter((row) => isSession(row) && row.use === 'read_io'));
  if (waiting.length === 0) return new Map();
  return new Map(
    byPid(workers).flatMap(({ pid }, index) => {
      const served = waiting[(index + turn) % waiting.length];
      return served === undefined ? [] : [[pid, served] as const];
    }),
  );
}

const isSession = ({ backendType }: Looked): boolean =>
  backendType === 'client backend' || backendType === 'parallel worker';
