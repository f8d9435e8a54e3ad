import { setTimeout as delay } from 'node:timers/promises';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import { Failure, isFailure } from '../../../shared/model/failure.ts';
import type { EngineClient } from '../profile/engine-client.ts';
import type { Sampling } from './diagnosed.ts';
import type { Looking, Progress } from './diagnose-progress.ts';
import { value } from './known-server.ts';

export interface LiveOptions {
  readonly client: EngineClient;
  readonly server: ServerSummary;
  readonly minutes: number;
  readonly progress: Progress;
  /** Ends sampling early; what there is is kept. */
  readonly signal: AbortSignal;
}

export interface Sampled {
  readonly window: { readonly fromMs: number; readonly toMs: number };
  readonly sampling: Sampling;
}

/** Half of the distance of two samples, so that each is counted. */
const lookEveryMs = 500;
/** Sessions by class are asked of the history, which costs more than a look: only for a line that is printed. */
const sessionsEveryMs = 2_000;
const sessionsOverMs = 5_000;
/** So few samples before them, and no hour: statements that were just booked have their class by them. */
const sessionsReachMs = 10_000;
/** How long the first sample may take: it comes with the connection. */
const firstSampleMs = 30_000;

/** Samples in incident mode for so many minutes. Throws `Failure` when not one sample could be taken. */
export async function sampleLive(options: LiveOptions): Promise<Sampled> {
  const { client, server, minutes, progress, signal } = options;
  const { serverId } = server;
  const { mode } = value(await client.sampler.setMode({ serverId, mode: 'incident' }));
  if (mode !== 'incident') throw new Error('the sampler did not take the mode');
  const startedMs = performance.now();
  const totalMs = minutes * 60_000;
  let first: number | null = null;
  let last: number | null = null;
  let samples = 0;
  let sessions: Looking['sessions'] = [];
  let sessionsDueMs = sessionsEveryMs;
  let problem: string | null = null;
  for (;;) {
    const elapsedMs = performance.now() - startedMs;
    const status = value(await client.sampler.status({ serverId }));
    const at = status.lastSampleAtMs;
    if (at !== null && at !== last) {
      first ??= at;
      last = at;
      samples += 1;
    }
    if (at !== null && elapsedMs >= sessionsDueMs && progress.isDue(elapsedMs)) {
      sessions = await sessionsNow(client, serverId, at);
      sessionsDueMs = performance.now() - startedMs + sessionsEveryMs;
    }
    problem = status.running ? status.problem : await lostBecause(client, serverId);
    if (first === null && elapsedMs > firstSampleMs) {
      throw new Failure({ code: 'connection_lost', message: problem ?? 'The server could not be sampled.' });
    }
    progress.looking({ elapsedMs: Math.min(elapsedMs, totalMs), totalMs, samples, sessions, problem });
    if (signal.aborted || elapsedMs >= totalMs) break;
    await delay(Math.min(lookEveryMs, totalMs - elapsedMs), undefined, { signal }).catch(() => undefined);
  }
  const seconds = (performance.now() - startedMs) / 1000;
  await lastReading(client, serverId);
  const { lastSampleAtMs, ownCostPercent } = value(await client.sampler.status({ serverId }));
  if (lastSampleAtMs !== null && lastSampleAtMs !== last) samples += 1;
  const to = lastSampleAtMs ?? last;
  if (to === null) throw new Failure({ code: 'cancelled', message: 'Stopped before the first sample was taken.' });
  return {
    // Whole milliseconds: --from and --to of a stored diagnosis name the same window.
    window: { fromMs: Math.floor(Math.min(first ?? to, to - 1)), toMs: Math.ceil(to + 1) },
    sampling: { samples, seconds, ownCostPercent, problem, endedEarly: signal.aborted },
  };
}

/** What happened since the last snapshot, and the texts. Without pg_stat_statements there is none, which is said anyway. */
async function lastReading(client: EngineClient, serverId: string): Promise<void> {
  const reply = await client.sampler.readNow({ serverId });
  if (reply.ok || isReadable(reply.error.code)) return;
  throw new Failure(reply.error);
}

/** Whatever stands in the way of one more reading, the readings before it tell their story. */
const isReadable = (code: Failure['value']['code']): boolean =>
  code !== 'storage_failed' && code !== 'not_found' && code !== 'invalid_input';

async function sessionsNow(client: EngineClient, serverId: string, atMs: number): Promise<Looking['sessions']> {
  const asked = { serverId, fromMs: atMs - sessionsOverMs, toMs: atMs + 1, reachMs: sessionsReachMs };
  const { buckets } = value(await client.mornings.timeline(asked)).timeline;
  const average = (of: (bucket: (typeof buckets)[number]) => number) =>
    buckets.length === 0 ? 0 : buckets.reduce((sum, bucket) => sum + of(bucket), 0) / buckets.length;
  return [
    { name: 'oltp', average: average(({ oltp }) => oltp) },
    { name: 'report', average: average(({ reporting }) => reporting) },
    { name: 'batch', average: average(({ batch }) => batch) },
    { name: 'maint', average: average(({ maintenance }) => maintenance) },
    { name: 'locks', average: average(({ lockWaits }) => lockWaits) },
  ];
}

async function lostBecause(client: EngineClient, serverId: string): Promise<string | null> {
  try {
    const found = value(await client.connections.list({})).find((one) => one.serverId === serverId);
    return found?.notice ?? 'The connection was lost.';
  } catch (error) {
    if (isFailure(error)) return error.message;
    throw error;
  }
}
