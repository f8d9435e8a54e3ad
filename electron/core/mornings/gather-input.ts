import type { KnownServers } from '../connections/known-servers.ts';
import type { DashboardService } from '../dashboards/dashboard-service.ts';
import type { DiagnosisInput, TimeWindow } from '../diagnosis/input.ts';
import { endedExperiments } from '../experiments/described.ts';
import type { DetailedRollup, History, StoredConnection } from '../history/history.ts';
import { observerApplicationNames } from '../history/own-sessions.ts';
import { knownCores } from './known-cores.ts';
import { statementsRead } from './statements-read.ts';

export interface InputSources {
  readonly history: History;
  readonly servers: KnownServers;
  readonly dashboards: DashboardService;
}

/** How far around an incident quiet intervals are looked for, at least. */
export const lookBackMs = 2 * 3_600_000;
export const lookAheadMs = 30 * 60_000;
const reachStepMs = 30 * 60_000;

const incidentReach: Reach = { backMs: lookBackMs, aheadMs: lookAheadMs, earlierDays: true };
/** For the classes of statements: a fortnight of minutes says nothing of them. */
export const classReach: Reach = { ...incidentReach, earlierDays: false };

/** What an earlier day has to say lies this close to the incident's own clock time. */
const daysReachMs = 2 * 3_600_000;
const mostEarlierDays = 14;
const dayMs = 24 * 3_600_000;

export interface Reach {
  readonly backMs: number;
  readonly aheadMs: number;
  readonly earlierDays: boolean;
}
export interface GatherOptions {
  /** What people say that a save takes. */
  readonly reportedSaveSeconds?: number | null;
  /** How far around the window raw history is read, and whether earlier days are. */
  readonly around?: Reach;
  /** A statement that is asked about, whether it was seen then or not. */
  readonly statementId?: string | undefined;
  /** As in `DiagnosisInput`. */
  readonly readerTimeZone?: string | undefined;
}

/** What is read of a window: by whole half hours, so that windows that are brushed one after another read the same. */
export function reached({ fromMs, toMs }: TimeWindow, { backMs, aheadMs }: Reach = incidentReach): TimeWindow {
  return {
    fromMs: Math.floor((fromMs - backMs) / reachStepMs) * reachStepMs,
    toMs: Math.ceil((toMs + aheadMs) / reachStepMs) * reachStepMs,
  };
}

export const ownApplicationNames = observerApplicationNames;

/**
 * Everything the diagnosis asks of one server's stored history for an incident: raw samples and intervals around it,
 * and the minutes of earlier days at the same hours. Works without the server.
 */
export async function gatherInput(
  { servers, history, dashboards }: InputSources,
  serverId: string,
  { fromMs, toMs }: TimeWindow,
  { reportedSaveSeconds = null, around = incidentReach, statementId, readerTimeZone }: GatherOptions = {},
): Promise<DiagnosisInput> {
  const { settings, lastFacts, capture } = await servers.stored(serverId);
  const { fromMs: from, toMs: to } = reached({ fromMs, toMs }, around);
  const [deltas, samples, overrides, references, days, origins, experiments] = await Promise.all([
    history.samples.deltas(serverId, from, to),
    history.samples.samples(serverId, from, to),
    history.samples.classOverrides(serverId),
    dashboards.widgetReferences(serverId),
    around.earlierDays ? earlierDays(history, serverId, { fromMs, toMs }) : [],
    history.samples.origins(),
    history.experiments.list(serverId),
  ]);
  const read = { sinceMs: from, earlier: days, statementId };
  const statements = await statementsRead(history.samples, serverId, read);
  const widgets = [...references, ...(capture?.widgets ?? [])];
  const stored = { statements, deltas, samples, overrides, widgets, ownApplicationNames };
  const within = (one: TimeWindow) => one.toMs > fromMs && one.fromMs < toMs;
  const isRaw = deltas.some(within) || samples.some(({ atMs }) => atMs >= fromMs && atMs < toMs);
  return {
    ...stored,
    fromMs,
    toMs,
    baseline: null,
    rawIsGone: !isRaw && (await isRolled(history, serverId, { fromMs, toMs })),
    cores: knownCores({ settings, lastFacts }),
    // What the server can do today says nothing of what was counted then.
    statisticsAvailable: deltas.some(within),
    timeZone: timeZoneOf({ capture }),
    readerTimeZone,
    days,
    origins,
    reportedSaveSeconds,
    experiments: [...endedExperiments(experiments), ...(capture?.experiments ?? [])],
  };
}

/** Where its mornings are: of a capture, where it was taken. */
export const timeZoneOf = ({ capture }: Pick<StoredConnection, 'capture'>): string =>
  capture?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Whether minutes or hours are left of the window. */
async function isRolled({ samples }: History, serverId: string, { fromMs, toMs }: TimeWindow): Promise<boolean> {
  for (const tier of ['hour', 'minute'] as const) {
    if ((await samples.packedRollups(serverId, tier, fromMs, toMs)).length > 0) return true;
  }
  return false;
}

/** Minutes of up to a fortnight of earlier days around the same time of day, oldest first; all of them before the window. */
export async function earlierDays(
  history: History,
  serverId: string,
  { fromMs, toMs }: TimeWindow,
): Promise<DetailedRollup[]> {
  // Two days around one window must not meet.
  const reachMs = Math.max(0, Math.min(daysReachMs, (dayMs - (toMs - fromMs)) / 2));
  const ago = Array.from({ length: mostEarlierDays }, (_, index) => (mostEarlierDays - index) * dayMs);
  const days: DetailedRollup[] = [];
  for (const backMs of ago) {
    // A window of more than a day would be its own day before.
    const window = [fromMs - reachMs - backMs, Math.min(fromMs, toMs + reachMs - backMs)] as const;
    for (const minute of await history.samples.rollups(serverId, 'minute', ...window)) {
      if (minute.fromMs >= (days.at(-1)?.toMs ?? -Infinity) && minute.toMs <= fromMs) days.push(minute);
    }
  }
  return days;
}
