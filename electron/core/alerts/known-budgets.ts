import { isoMoment } from '../../../shared/format/civil-day.ts';
import { budgetsEndMs } from '../schedule/decide/budgets.ts';
import type { ModelState } from '../schedule/decide/tick-state.ts';

/** What the last look at a server told of its budgets; moments on this machine's clock, ms. */
export interface BudgetsSeen {
  readonly seenAtMs: number;
  /** When each is over, if nobody refreshes it meanwhile; the first first. */
  readonly ends: readonly { readonly readModel: string; readonly overMs: number }[];
}

/** What people hold back on purpose is left out. `skewMs`: how far the server's clock is ahead. Pure. */
export function budgetsSeen(
  models: readonly Pick<ModelState, 'readModel' | 'budgets' | 'asOfMs' | 'setAtMs' | 'paused' | 'suspended'>[],
  skewMs: number,
  seenAtMs: number,
): BudgetsSeen {
  const ends = models.flatMap(({ readModel, budgets, asOfMs, setAtMs, paused, suspended }) => {
    const endMs = budgetsEndMs(asOfMs ?? setAtMs, budgets);
    return endMs === Infinity || paused !== null || suspended ? [] : [{ readModel, overMs: endMs - skewMs }];
  });
  return { seenAtMs, ends: ends.toSorted((one, other) => one.overMs - other.overMs) };
}

/** A message names so many; of the others it says how many there are, and the last moment. */
const namedAtMost = 3;

/** 'as last seen 10:00, sales is over its budget since 9:50, stock from 10:30 on'; null where no budget is known. Pure. */
export function budgetsText({ seenAtMs, ends }: BudgetsSeen, nowMs: number): string | null {
  const [first, ...others] = ends;
  const last = ends.at(-1);
  if (first === undefined || last === undefined) return null;
  const when = (overMs: number): string =>
    overMs <= nowMs ? `since ${isoMoment(overMs)}` : `from ${isoMoment(overMs)} on`;
  const named = others.slice(0, namedAtMost - 1).map(({ readModel, overMs }) => `, ${readModel} ${when(overMs)}`);
  const more = ends.length - 1 - named.length;
  const rest = more === 0 ? '' : `, and ${more} more by ${isoMoment(last.overMs)}`;
  return `as last seen ${isoMoment(seenAtMs)}, ${first.readModel} is over its budget ${when(first.overMs)}${named.join('')}${rest}`;
}
