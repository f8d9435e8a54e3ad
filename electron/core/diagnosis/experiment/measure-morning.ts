import type { StatementClass } from '../../../../shared/model/statement.ts';
import type { DetailedRollup, StoredDeltas, StoredOrigin, StoredStatement } from '../../history/history.ts';
import { findBaseline } from '../baseline.ts';
import type { Catalog, StatementGroup } from '../catalog.ts';
import { viewHistory } from '../history-view.ts';
import { buildIntervals, type Interval } from '../intervals.ts';
import { measureDamage } from '../damage.ts';
import type { Cores, TimeWindow } from '../input.ts';
import { noCounters } from '../no-counters.ts';
import { canBeBlamed } from '../roles.ts';
import { summarizeSaving } from '../saving-summary.ts';
import { saversOf } from '../savers.ts';
import { findSaveUnit } from '../saves.ts';
import { pausesOfSaves } from '../timeline-look.ts';
import { studyRollups } from '../timeline-study.ts';

export interface MorningHistory extends TimeWindow {
  readonly statements: readonly StoredStatement[];
  readonly overrides: ReadonlyMap<string, StatementClass>;
  /** Of the morning and of some quiet time around it, oldest first. */
  readonly minutes: readonly DetailedRollup[];
  readonly origins: ReadonlyMap<number, StoredOrigin>;
  readonly fingerprint: string;
  readonly databaseName: string | null;
}

export interface MeasuredMorning {
  readonly damagePerSaveMs: number;
  readonly saves: number;
  /** Average active sessions of the suspect. */
  readonly exposure: number;
}

/** Of the window, to be worth a mean. */
const leastCovered = 0.8;
/** The quietest minutes outside of the window are what is usual on that day. */
const quietPart = 0.2;
const fewestQuiet = 5;
/** Only a search for quiet intervals asks for cores; here they are given. */
const unasked: Cores = { value: null, source: 'unknown' };
const always: TimeWindow = { fromMs: -Infinity, toMs: Infinity };

/**
 * One morning of an experiment, from stored minutes, which outlive raw history: damage per save against that day's own
 * quiet minutes, so that a day that is slow as a whole does not count for or against the suspect. Else a sentence that
 * says what is missing.
 */
export function measureMorning(history: MorningHistory): MeasuredMorning | string {
  const { fromMs, toMs, minutes } = history;
  const window = { fromMs, toMs };
  const inside = minutes.filter((minute) => minute.fromMs >= fromMs && minute.toMs <= toMs);
  const coveredMs = inside.reduce((sum, minute) => sum + minute.toMs - minute.fromMs, 0);
  if (coveredMs < leastCovered * (toMs - fromMs)) {
    const part = Math.round((100 * coveredMs) / (toMs - fromMs));
    return coveredMs === 0 ? 'nothing was sampled that morning' : `only ${part} % of that morning was sampled`;
  }
  const catalog = catalogOf(history);
  const view = viewHistory({ samples: [], deltas: minutes.map(deltasOf), ownApplicationNames: [] });
  const between = pausesByMinute(history, catalog);
  const intervals = buildIntervals(view, catalog, true).map((interval): Interval => ({
    ...interval,
    betweenMs: between.get(interval.fromMs) ?? null,
  }));
  const unit = findSaveUnit(intervals);
  const quiet = quietMinutes(
    minutes.filter((minute) => minute.toMs <= fromMs || minute.fromMs >= toMs),
    catalog,
  );
  const usual = intervals.filter((interval) => quiet.has(interval.fromMs));
  const baseline = findBaseline(usual, catalog, { incident: null, given: always, cores: unasked, unit });
  if (usual.length < fewestQuiet || baseline.origin === 'none')
    return 'there is no quiet time around it to compare with';
  const damages = measureDamage(intervals, window, baseline, { catalog, view, unit });
  const { saves, damageSeconds } = summarizeSaving(unit, damages, baseline, window);
  if (saves === 0) return 'no saves were counted that morning';
  return { damagePerSaveMs: (damageSeconds * 1000) / saves, saves, exposure: exposureIn(inside, history) };
}

/** Statements have the classes that the timeline gives them: by calls, by what they wrote, and by who ran them. */
function catalogOf({ statements, overrides, minutes, origins }: MorningHistory): Catalog {
  const end = statements.reduce((most, { statementId }) => Math.max(most, Number(statementId)), 0) + 1;
  const whole = { fromMs: minutes[0]?.fromMs ?? 0, toMs: minutes.at(-1)?.toMs ?? 0 };
  return studyRollups({ statements, overrides, widgets: [], rollups: [], classedBy: minutes, origins }, whole, end)
    .catalog;
}

/** Time between the statements of saves, ms, by the beginning of its minute: a dialog that stood open is none of it. */
function pausesByMinute({ minutes, origins }: MorningHistory, catalog: Catalog): Map<number, number | null> {
  const isSaver = saversOf(catalog);
  const most = [...origins.keys()].reduce((largest, id) => Math.max(largest, id), 0) + 1;
  const saves = new Uint8Array(most);
  for (const [id, { databaseName, roleName }] of origins) saves[id] = Number(isSaver(databaseName, roleName));
  const pauses = pausesOfSaves();
  return new Map(
    minutes.map((minute) => {
      const { seen } = minute;
      const { pauses: rows, originIds } = seen;
      return [minute.fromMs, pauses(minute, { pauses: rows, originIds, length: rows.length }, saves)];
    }),
  );
}

/** Their beginnings. */
function quietMinutes(minutes: readonly DetailedRollup[], catalog: Catalog): Set<number> {
  const groups = new Map<number, StatementGroup | null>();
  const rated = minutes.map((minute) => {
    let sessions = 0;
    for (const [index, id] of minute.statementIds.entries()) {
      if (!groups.has(id)) groups.set(id, catalog.groupOf(String(id)));
      const group = groups.get(id) ?? null;
      if (group !== null && canBeBlamed(group)) sessions += minute.activeSessions[index] ?? 0;
    }
    return { fromMs: minute.fromMs, sessions };
  });
  const ordered = rated.toSorted((a, b) => a.sessions - b.sessions);
  const limit = ordered[Math.floor(quietPart * ordered.length)]?.sessions ?? 0;
  return new Set(rated.filter(({ sessions }) => sessions <= limit).map(({ fromMs }) => fromMs));
}

function exposureIn(
  minutes: readonly DetailedRollup[],
  { statements, fingerprint, databaseName }: MorningHistory,
): number {
  const own = new Set(
    statements
      .filter((statement) => statement.fingerprint === fingerprint && statement.databaseName === databaseName)
      .map(({ statementId }) => Number(statementId)),
  );
  let sessions = 0;
  let looks = 0;
  for (const { samples, statementIds, activeSessions } of minutes) {
    looks += samples;
    for (const [index, id] of statementIds.entries())
      if (own.has(id)) sessions += samples * (activeSessions[index] ?? 0);
  }
  return looks === 0 ? 0 : sessions / looks;
}

/** A minute as an interval between two snapshots; what minutes do not keep stays zero. */
function deltasOf(minute: DetailedRollup): StoredDeltas {
  const { fromMs, toMs, deallocs, resets, coverage, idleInTransactionMs, statementIds } = minute;
  return {
    fromMs,
    toMs,
    deallocs,
    resets,
    coverage,
    idleInTransactionMs,
    deltas: Array.from(statementIds, (id, index) => ({
      statementId: String(id),
      discontinuity: false,
      counters: {
        ...noCounters,
        calls: minute.calls[index] ?? 0,
        rows: minute.rows[index] ?? 0,
        totalExecMs: minute.execMs[index] ?? 0,
        sumSquaresMs2: minute.sumSquaresMs2[index] ?? 0,
        sharedBlksHit: minute.blocks[index] ?? 0,
        tempBlksWritten: minute.tempBlocks[index] ?? 0,
        walRecords: minute.walRecords[index] ?? 0,
      },
    })),
  };
}
