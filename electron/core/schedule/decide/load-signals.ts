import { formatDuration } from '../../../../shared/format/duration.ts';
import type { Reason, ReasonCode } from '../../../../shared/model/schedule.ts';
import type { GuardLimits, GuardMemory, ServerLoad } from './load.ts';

export type Level = GuardMemory['level'];
export const rank: Readonly<Record<Level, number>> = { calm: 0, slow: 1, stop: 2 };

export interface Signal {
  readonly level: Level;
  readonly reason: Reason;
}

/** What the load says at this very moment: its worst signal. */
export function worstSignal(load: ServerLoad | null, limits: GuardLimits, nowMs: number): Signal {
  if (load === null) return unknown('the server was not looked at yet');
  const ageMs = nowMs - load.atMs;
  if (ageMs > limits.loadIsOldAfterMs) return unknown(`the last look at the server is ${formatDuration(ageMs)} old`);
  const signals = [latency(load, limits), sessions(load, limits), replica(load, limits), locks(load, limits)].flatMap(
    (signal) => signal ?? [],
  );
  if (signals.length === 0) return unknown('the server does not show its load to this role');
  const worst = signals.reduce((found, signal) => (rank[signal.level] > rank[found.level] ? signal : found));
  if (worst.level !== 'calm') return worst;
  return { level: 'calm', reason: { code: 'load_calm', text: signals.map(({ reason }) => reason.text).join('; ') } };
}

/** Nobody would see what a refresh does to others, so it goes slowly. */
const unknown = (text: string): Signal => ({ level: 'slow', reason: { code: 'load_unknown', text } });

function latency({ oltpMs: now, usualMs: usual }: ServerLoad, limits: GuardLimits): Signal | null {
  if (now === null || usual === null) return null;
  const more = now - usual < limits.latencyFloorMs ? 0 : now / Math.max(usual, Number.MIN_VALUE);
  const text = `people's statements take ${formatDuration(now)} on average, usually ${formatDuration(usual)}`;
  return signal('load_latency', more, limits.latencyRatio, text);
}

function sessions({ activeSessions, cores }: ServerLoad, limits: GuardLimits): Signal | null {
  if (activeSessions === null || cores === null || cores <= 0) return null;
  const text = `${activeSessions} ${activeSessions === 1 ? 'session works' : 'sessions work'} on ${cores} ${cores === 1 ? 'core' : 'cores'}`;
  return signal('load_sessions', activeSessions / cores, limits.sessionsPerCore, text);
}

function replica({ replicaLagMs }: ServerLoad, limits: GuardLimits): Signal | null {
  if (replicaLagMs === null) return null;
  const text = `the replica is ${formatDuration(replicaLagMs)} behind`;
  return signal('load_replica', replicaLagMs, limits.replicaLagMs, text);
}

function locks({ lockQueue }: ServerLoad, limits: GuardLimits): Signal | null {
  if (lockQueue === null) return null;
  const text = `${lockQueue} ${lockQueue === 1 ? 'session waits' : 'sessions wait'} for a lock`;
  return signal('load_locks', lockQueue, limits.lockQueue, text);
}

function signal(code: ReasonCode, value: number, [slow, stop]: readonly [number, number], text: string): Signal {
  return { level: value >= stop ? 'stop' : value >= slow ? 'slow' : 'calm', reason: { code, text } };
}
