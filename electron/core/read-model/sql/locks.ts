import { quoteLiteral } from '../../postgres/quote.ts';

/**
 * One writer for each read model: everything that builds, flips, refreshes or drops holds this advisory lock. A hash
 * of the name, so that plain SQL can take the same lock; another model with the same hash only waits for its turn.
 */
export const writerLockKey = (readModel: string): string =>
  `hashtextextended(${quoteLiteral(`daybreak.${readModel}`)}, 0)`;

/** One installer of the registry, and of the schema beside it, at a time. */
export const installLockKey = `hashtextextended('daybreak', 0)`;

export const takeXactLock = (key: string): string => `select pg_advisory_xact_lock(${key})`;

/**
 * Longest wait for the lock of a stable view. Whoever waits for ACCESS EXCLUSIVE makes every later reader wait too:
 * without a timeout one open report of 6 s stalled the others for 5.5 s, with it the worst read was 104 ms.
 */
export const flipLockTimeoutMs = 150;
export const flipLockTimeout = `set local lock_timeout = '${flipLockTimeoutMs}ms'`;

/**
 * The lock of a stable view is held until the commit has ended, which waits for the disk, or for a synchronous standby:
 * readers would wait with it. What commits next makes both safe, since the log is written in order: see `settleSwitchSql`.
 */
export const commitAtOnce = 'set local synchronous_commit = off';
