import type { RefreshMode } from '../../../../shared/model/read-model.ts';
import { formatCount } from '../../../../shared/format/count.ts';
import { formatDuration } from '../../../../shared/format/duration.ts';

/** A refresh that was done, of the version that readers see. */
export interface PastRun {
  readonly mode: RefreshMode;
  readonly tookMs: number;
  /** Rows that were written, as a share of all; null where it was not counted. Of side by side: 1. */
  readonly churn: number | null;
}

export interface RefreshFacts {
  /** Rows of the copy that readers see; null when they were never counted. */
  readonly liveRows: number | null;
  readonly livePopulated: boolean;
  /** The copy has an index that REFRESH CONCURRENTLY, or the merge of a period, can use. */
  readonly keyQualifies: boolean;
  /** The copies are tables that are cut into periods. */
  readonly cutByPeriod: boolean;
  /** Latest first. */
  readonly pastRuns: readonly PastRun[];
  /** Age of the oldest transaction that holds the stable view, ms; 0: nobody reads. */
  readonly longestReaderMs: number;
}

/** What a person asked for beside the facts. */
export interface RefreshWish {
  /** Null: Daybreak chooses. */
  readonly mode: RefreshMode | null;
  /** 'all': closed periods are verified, too. */
  readonly periods: 'open' | 'all';
}

export interface RefreshChoice {
  readonly mode: RefreshMode;
  readonly reason: string;
}

/** Above it CONCURRENTLY costs three times a plain refresh, spills and bloats. */
const concurrentBelowRows = 100_000;
/** Below it bloat is not worth a thought. */
const bloatFromRows = 10_000;
/** Above it writing all rows anew, without dead ones, is cheaper than changing them. */
const highChurn = 0.3;
/** A flip gives up after about half a minute: see `flip-retry`. */
const flipPatienceMs = 30_000;
/** Durations speak from as many runs of a mode on. */
const runsThatSpeak = 3;

const words: Readonly<Record<RefreshMode, string>> = {
  full: 'full',
  concurrent: 'concurrent',
  side_by_side: 'side by side',
  by_period: 'by period',
};

/**
 * The mode of the next refresh, and why. What a person asked for is done wherever the copies allow it. Else: by period
 * where there is one; a small model with a sound key in place, which needs no second copy and no moment of ACCESS
 * EXCLUSIVE on the stable view; anything else side by side, a plain refresh of the hidden copy and a flip.
 */
export function chooseMode(facts: RefreshFacts, wish: RefreshWish): RefreshChoice {
  if (wish.mode === null) return advise(facts, wish.periods);
  const obstacle = obstacleTo(wish.mode, facts);
  if (obstacle === null) return { mode: wish.mode, reason: `${words[wish.mode]} was asked for` };
  const { mode, reason } = advise(facts, wish.periods);
  return { mode, reason: `${words[wish.mode]} was asked for, but ${obstacle}; so ${words[mode]}: ${reason}` };
}

/** Why a mode cannot be, or null. Side by side always can. */
export function obstacleTo(mode: RefreshMode, facts: RefreshFacts): string | null {
  if (mode === 'side_by_side') return null;
  if (mode === 'by_period' && !facts.cutByPeriod) return 'the read model has no period';
  if (mode !== 'by_period' && facts.cutByPeriod) return 'its copies are tables, not materialized views';
  if (mode === 'full') return null;
  if (!facts.livePopulated) return 'the copy that readers see was never filled';
  return facts.keyQualifies ? null : 'the copy has no unique index over a key without NULL';
}

function advise(facts: RefreshFacts, periods: RefreshWish['periods']): RefreshChoice {
  const inPlace = facts.cutByPeriod ? 'by_period' : 'concurrent';
  const obstacle = obstacleTo(inPlace, facts);
  const sideBySide = (reason: string): RefreshChoice => ({ mode: 'side_by_side', reason });
  const chosen = (reason: string): RefreshChoice => ({ mode: inPlace, reason });
  if (obstacle !== null) return sideBySide(obstacle);
  if (facts.cutByPeriod && periods === 'all') return chosen('all periods are verified, and what differs is put right');
  if (facts.longestReaderMs > flipPatienceMs) {
    return chosen(
      `a reader has held the view for ${formatDuration(facts.longestReaderMs)}, and a flip would wait for its end`,
    );
  }
  const rows = facts.liveRows;
  if (rows === null) return sideBySide('the number of rows is not known');
  const churn = median(ofMode(facts, inPlace).flatMap((run) => run.churn ?? []));
  if (churn !== null && churn > highChurn && rows >= bloatFromRows) {
    return sideBySide(
      `${Math.round(churn * 100)} % of ${formatCount(rows)} rows change each time: writing all of them anew leaves no dead rows`,
    );
  }
  const faster = fasterByMeasure(facts, inPlace);
  if (faster !== null && (facts.cutByPeriod || rows >= concurrentBelowRows)) return faster;
  if (facts.cutByPeriod) return chosen('only the open periods are recomputed, unnoticed by readers');
  if (rows >= concurrentBelowRows) return sideBySide(`${formatCount(rows)} rows are too many to merge in place`);
  return chosen(`${formatCount(rows)} rows are merged in place, unnoticed by readers`);
}

/** The faster of the two modes that the copies allow, once both have been measured often enough. */
function fasterByMeasure(facts: RefreshFacts, inPlace: 'by_period' | 'concurrent'): RefreshChoice | null {
  const tookMs = (mode: RefreshMode) => {
    const runs = ofMode(facts, mode);
    return runs.length < runsThatSpeak ? null : median(runs.map((run) => run.tookMs));
  };
  const [here, beside] = [tookMs(inPlace), tookMs('side_by_side')];
  if (here === null || beside === null) return null;
  const [mode, other] = here <= beside ? ([inPlace, 'side_by_side'] as const) : (['side_by_side', inPlace] as const);
  return {
    mode,
    reason: `it took ${formatDuration(Math.min(here, beside))} lately, and ${words[other]} ${formatDuration(Math.max(here, beside))}`,
  };
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

const ofMode = ({ pastRuns }: RefreshFacts, mode: RefreshMode): PastRun[] =>
  pastRuns.filter((run) => run.mode === mode);
