import type { DetailedRollup, StoredOrigin } from '../history/history.ts';
import type { StatementGroup } from './catalog.ts';
import type { SeenRow, SeenSample } from './history-view.ts';
import type { TimeWindow } from './input.ts';
import type { Booked, Interval } from './intervals.ts';
import { rowFrom } from './timeline-study.ts';
import type { StatementTable } from './timeline-table.ts';

/** What each group did in a rollup, by its position. */
export function bookedIn(rollup: DetailedRollup, { positionOf }: StatementTable): Map<number, Booked> {
  const { statementIds, calls, execMs, blocks } = rollup;
  const booked = new Map<number, Booked>();
  for (let index = 0; index < statementIds.length; index += 1) {
    const n = calls[index] ?? 0;
    const position = positionOf[statementIds[index] ?? 0] ?? -1;
    if (n === 0 || position < 0) continue;
    const before = booked.get(position);
    booked.set(position, {
      calls: (before?.calls ?? 0) + n,
      execMs: (before?.execMs ?? 0) + (execMs[index] ?? 0),
      blocks: (before?.blocks ?? 0) + (blocks[index] ?? 0),
      // Nobody asks a timeline for these.
      squaresMs2: 0,
      rows: 0,
      tempBlocks: 0,
    });
  }
  return booked;
}

/** A minute in the shape of raw history, for the few dozen that usual latencies are read from. */
export function intervalOf(
  rollup: DetailedRollup,
  betweenMs: number | null,
  table: StatementTable,
  origins: ReadonlyMap<number, StoredOrigin>,
): Interval {
  const { fromMs, toMs, deallocs, resets, coverage } = rollup;
  return {
    fromMs,
    toMs,
    seconds: (toMs - fromMs) / 1000,
    booked: groupsOf(bookedIn(rollup, table), table),
    samples: samplesOf(rollup, origins),
    deallocs,
    resets,
    discontinuities: 0,
    coverage,
    betweenMs,
  };
}

/** All calls as one interval: who belongs to saving is told by them. */
export function totalInterval(
  rollups: readonly DetailedRollup[],
  { fromMs, toMs }: TimeWindow,
  table: StatementTable,
): Interval {
  const booked = new Map<number, Booked>();
  for (const rollup of rollups) {
    for (const [position, one] of bookedIn(rollup, table)) {
      const before = booked.get(position);
      booked.set(position, {
        ...one,
        calls: one.calls + (before?.calls ?? 0),
        execMs: one.execMs + (before?.execMs ?? 0),
        blocks: one.blocks + (before?.blocks ?? 0),
      });
    }
  }
  const none = { samples: [], deallocs: 0, resets: 0, discontinuities: 0, coverage: null, betweenMs: null };
  return { fromMs, toMs, seconds: (toMs - fromMs) / 1000, booked: groupsOf(booked, table), ...none };
}

function groupsOf(booked: ReadonlyMap<number, Booked>, { groups }: StatementTable): Map<StatementGroup, Booked> {
  const byGroup = new Map<StatementGroup, Booked>();
  for (const [position, one] of [...booked].toSorted(([a], [b]) => a - b)) {
    const group = groups[position];
    if (group !== undefined) byGroup.set(group, one);
  }
  return byGroup;
}

/** As many samples as there were, with all rows in the first: averages come out the same. */
function samplesOf(rollup: DetailedRollup, origins: ReadonlyMap<number, StoredOrigin>): SeenSample[] {
  const { seen, samples } = rollup;
  const rows: SeenRow[] = [];
  let onCpu = Math.round(rollup.onCpu * samples);
  for (let index = 0; index < seen.statementIds.length; index += 1) {
    const row = rowFrom(origins.get(seen.originIds[index] ?? 0));
    const id = seen.statementIds[index] ?? 0;
    const add = (use: SeenRow['use'], count: number) => {
      for (let made = 0; made < count; made += 1) {
        rows.push({ statementId: id === 0 ? null : String(id), row, use, idleMs: 0 });
      }
    };
    // How many of the working rows were on a processor is known of the minute only.
    const cpu = Math.min(onCpu, seen.working[index] ?? 0);
    onCpu -= cpu;
    add('cpu', cpu);
    add('read_io', (seen.working[index] ?? 0) - cpu);
    add('lock', seen.lockWaits[index] ?? 0);
    add('other', seen.others[index] ?? 0);
  }
  const seconds = (rollup.toMs - rollup.fromMs) / 1000 / Math.max(1, samples);
  return Array.from({ length: samples }, (_, at) => ({
    atMs: rollup.fromMs + at * seconds * 1000,
    seconds,
    rows: at === 0 ? rows : [],
  }));
}
