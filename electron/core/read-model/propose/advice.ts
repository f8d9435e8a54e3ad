import type { RefreshMode } from '../../../../shared/model/read-model.ts';
import { chooseMode } from '../refresh/choose-mode.ts';

export interface Advice {
  readonly refresh: { readonly mode: RefreshMode; readonly reason: string };
  readonly budget: { readonly minutes: number; readonly reason: string };
}

interface Expected {
  readonly expectedRows: number;
  /** EXPLAIN's total cost of one refresh. */
  readonly expectedCost: number;
  readonly keyColumns: readonly string[];
  readonly cutByPeriod: boolean;
  /** The key column of time that a range filters, with what is kept of it; null without one. */
  readonly period: { readonly column: string; readonly grain: string } | null;
}

/** In EXPLAIN's units. A page read at its default costs 1, so these are about a second's and a minute's work. */
const cheapCost = 100_000;
const heavyCost = 5_000_000;

/** How often a refresh is worth it, and in which mode it will be done, before anything was measured. Pure. */
export function advise({ expectedRows, expectedCost, keyColumns, cutByPeriod, period }: Expected): Advice {
  const facts = {
    liveRows: expectedRows,
    livePopulated: true,
    keyQualifies: keyColumns.length > 0,
    cutByPeriod,
    pastRuns: [],
    longestReaderMs: 0,
  };
  const { mode, reason } = chooseMode(facts, { mode: null, periods: 'open' });
  const cuttable = !cutByPeriod && period !== null && period.grain !== 'instant' && mode === 'side_by_side';
  return {
    refresh: {
      mode,
      reason: cuttable
        ? `${reason}; cut into periods by ${period.grain} of ${period.column}, with no NULL in its key, it could recompute the open ones alone`
        : reason,
    },
    budget: budgetFor(expectedCost),
  };
}

function budgetFor(cost: number): Advice['budget'] {
  if (cost < cheapCost) return { minutes: 15, reason: 'a refresh is cheap' };
  if (cost < heavyCost)
    return { minutes: 60, reason: 'a refresh costs about as much as one run of the slow statement' };
  return { minutes: 240, reason: 'a refresh reads a lot: a few times a day, outside of the rush' };
}
