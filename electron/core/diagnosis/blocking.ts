import type { ActivityRow } from '../../../shared/model/sampling.ts';
import type { Catalog, StatementGroup } from './catalog.ts';
import type { SeenSample } from './history-view.ts';
import { lockWaits } from './lock-roots.ts';

/** Whom a suspect kept waiting behind its locks. */
export interface Blocking {
  /** Seconds waited, by waiter. */
  readonly waiters: Map<StatementGroup, number>;
  /** Process ids of the waiters. */
  readonly sessions: Set<number>;
  /** Sessions that held the lock: process id and whose it is, e.g. "4711 (psql, dba)". */
  readonly holders: Set<string>;
  readonly applicationNames: Set<string>;
  /** Kinds of lock that were waited for: 'relation', 'transactionid' ... */
  readonly locks: Set<string>;
  /** Seconds of the waiting during which the holder was idle in its transaction. */
  idleSeconds: number;
  totalSeconds: number;
  /** Samples that saw somebody wait. */
  samples: number;
}

/** By root blocker. Every sample stands for the seconds around it. */
export function findBlocking(samples: readonly SeenSample[], catalog: Catalog): Map<StatementGroup, Blocking> {
  const bySuspect = new Map<StatementGroup, Blocking>();
  for (const sample of samples) {
    const holders = new Set<Blocking>();
    for (const { waiter, pid, lock, roots } of lockWaits(sample, catalog)) {
      for (const { root, weight } of roots) {
        if (root.kind !== 'suspect') continue;
        const seconds = sample.seconds * weight;
        const blocking = bySuspect.get(root.group) ?? {
          waiters: new Map(),
          sessions: new Set(),
          locks: new Set(),
          holders: new Set(),
          applicationNames: new Set(),
          idleSeconds: 0,
          totalSeconds: 0,
          samples: 0,
        };
        blocking.waiters.set(waiter, (blocking.waiters.get(waiter) ?? 0) + seconds);
        blocking.sessions.add(pid);
        blocking.locks.add(lock);
        if (root.row.applicationName !== '') blocking.applicationNames.add(root.row.applicationName);
        blocking.holders.add(sessionText(root.row));
        blocking.totalSeconds += seconds;
        if (root.idle) blocking.idleSeconds += seconds;
        bySuspect.set(root.group, blocking);
        holders.add(blocking);
      }
    }
    for (const blocking of holders) blocking.samples += 1;
  }
  return bySuspect;
}

function sessionText({ pid, applicationName, roleName }: ActivityRow): string {
  const whose = [applicationName, roleName ?? ''].filter((name) => name !== '').join(', ');
  return whose === '' ? `process ${pid}` : `process ${pid} (${whose})`;
}
