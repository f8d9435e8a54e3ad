import type { StoredDeltas } from '../history/history.ts';
import type { Catalog, StatementGroup } from './catalog.ts';
import { saversOf } from './savers.ts';
import { isIdle, samplesWithin, spellOf, type HistoryView, type SeenRow, type SeenSample } from './history-view.ts';
import type { TimeWindow } from './input.ts';
import { heldIdleMs } from './lock-roots.ts';

/**
 * A victim of its own: on a busy server short statements do not get slower, they start later, and the transaction
 * stands idle meanwhile (docs/decisions/0004 has the measurement).
 */
export const betweenStatements: StatementGroup = {
  groupId: 'between the statements of a transaction',
  statement: {
    statementId: 'between-statements',
    databaseName: null,
    roleName: null,
    queryid: null,
    toplevel: true,
    text: 'between the statements of a transaction',
    fingerprint: 'between-statements',
    class: 'oltp',
    classSource: 'score',
    applicationNames: [],
    widgetId: null,
  },
  class: 'oltp',
  kind: 'control',
  aggregates: false,
  roleNames: [],
  toplevel: true,
  hidden: false,
};

/** A row of a saving session that waits between two statements, and not for somebody who went for a coffee. */
export type IsSavingPause = (seen: SeenRow) => boolean;

export function savingPauses(catalog: Catalog): IsSavingPause {
  const saves = saversOf(catalog);
  return (seen) => isShortPause(seen) && saves(seen.row.databaseName, seen.row.roleName);
}

const isShortPause = ({ row, idleMs }: SeenRow): boolean => isIdle(row) && idleMs < heldIdleMs;

/** The server books a pause when its transaction ends, and hands it over a little later. */
const bookedWithinMs = 60_000;

/**
 * Per stored interval: ms that saving transactions spent between their statements; null where the server does not
 * count them (before PostgreSQL 14). The server's counter knows no roles, so the samples take off what does not belong:
 * transactions that stood idle for long, in the interval in which they were booked, and other roles' pauses.
 */
export function betweenTimes(view: HistoryView, catalog: Catalog): Map<StoredDeltas, number | null> {
  const standing = endedSpells(view);
  const savingPart = savingParts(view, catalog);
  const times = new Map<StoredDeltas, number | null>();
  for (const stored of view.deltas) {
    const counted = stored.idleInTransactionMs ?? null;
    if (counted === null) {
      times.set(stored, null);
      continue;
    }
    let left = counted;
    for (const spell of standing) {
      if (spell.endedMs >= stored.toMs || spell.endedMs < stored.fromMs - bookedWithinMs) continue;
      const taken = Math.min(left, spell.leftMs);
      spell.leftMs -= taken;
      left -= taken;
    }
    times.set(stored, left * savingPart(stored));
  }
  return times;
}

interface Spell {
  readonly endedMs: number;
  leftMs: number;
}

/** Long idle spells by when they were last seen. One that still lasts at the end of the history is not booked yet. */
function endedSpells({ samples, spacingMs }: HistoryView): Spell[] {
  const lastSeen = new Map<string, { endedMs: number; leftMs: number }>();
  for (const { atMs, rows } of samples) {
    for (const { row, idleMs } of rows) {
      if (!isIdle(row) || idleMs < heldIdleMs) continue;
      // It went on until somewhere before the next look.
      lastSeen.set(spellOf(row), { endedMs: atMs, leftMs: idleMs + (spacingMs ?? 0) });
    }
  }
  const lastMs = samples.at(-1)?.atMs ?? 0;
  return [...lastSeen.values()].filter(({ endedMs }) => endedMs < lastMs);
}

/**
 * The part of all short pauses that savers made, leaning to all of it where few were seen. Short intervals are given a
 * minute of looks: so much more do few looks lean than the minutes of earlier days that they are compared with.
 */
function savingParts({ samples }: HistoryView, catalog: Catalog): (interval: TimeWindow) => number {
  const isPause = savingPauses(catalog);
  const counts = new Map(
    samples.map((sample): [SeenSample, readonly [all: number, saving: number]] => [
      sample,
      [sample.rows.filter(isShortPause).length, sample.rows.filter(isPause).length],
    ]),
  );
  return ({ fromMs, toMs }) => {
    const moreMs = Math.max(0, fewestLooksMs - (toMs - fromMs)) / 2;
    let [all, saving] = [1, 1];
    for (const sample of samplesWithin(samples, { fromMs: fromMs - moreMs, toMs: toMs + moreMs })) {
      const [seen, ofSavers] = counts.get(sample) ?? [0, 0];
      all += seen;
      saving += ofSavers;
    }
    return saving / all;
  };
}

const fewestLooksMs = 60_000;
