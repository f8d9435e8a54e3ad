import { formatDuration } from '../../../../shared/format/duration.ts';
import type { Models } from './needs.ts';
import { budgetLengthMs } from './nights.ts';
import type { ModelState } from './tick-state.ts';
import { why, type Why } from './why.ts';

/** A model that could start now, as far as it alone is concerned. */
export interface Candidate {
  readonly model: ModelState;
  readonly dueMs: number | null;
  readonly asked: boolean;
  /** When it has to begin to keep its budgets; null: it has none. */
  readonly latestStartMs: number | null;
}

export interface Ordered<C extends Candidate> {
  /** Which start, most urgent first. */
  readonly starts: readonly C[];
  readonly waits: readonly { readonly candidate: C; readonly reason: Why }[];
}

/** A person who asked waits now; a number that was never filled shows nothing. */
const asked = 1e9;
const neverFilled = 1e6;
/** How long a model without a budget waits until it is as urgent as one whose budget is over. */
const overdueIsUrgentMs = 3_600_000;

/** Age over budget; it grows while it waits, so nobody waits for ever. */
export function urgency({ model, dueMs, asked: byHand }: Candidate, models: Models, nowMs: number): number {
  if (byHand) return asked;
  if (model.asOfMs === null) return neverFilled;
  const ageMs = nowMs - model.asOfMs;
  let most = dueMs === null ? 0 : Math.max(0, nowMs - dueMs) / overdueIsUrgentMs;
  for (const { budget, afterwardsMs } of models.needs(model.readModel)) {
    most = Math.max(most, (ageMs + afterwardsMs) / budgetLengthMs(budget));
  }
  return most;
}

/**
 * Whether a model that waits for a parent has rows to take now, is in time with them, and would be too late with the
 * parent's next: a night's refresh of the parent comes right after one that it was waiting for.
 */
function cannotWait({ model, latestStartMs }: Candidate, parent: string, models: Models, nowMs: number): boolean {
  const { asOfMs, running } = models.byName.get(parent) ?? { asOfMs: null, running: null };
  const usual = models.usual(parent);
  if (latestStartMs === null || usual === null || asOfMs === null || asOfMs <= (model.asOfMs ?? Infinity)) return false;
  const leftMs = running === null ? usual : Math.max(0, running.startedAtMs + usual - nowMs);
  return nowMs <= latestStartMs && nowMs + leftMs > latestStartMs;
}

/**
 * Parents before what is built on them, then by urgency, as long as the server has a free place. A parent that could start
 * now but finds no place is waited for, and so are those in `pending`, which will start by themselves soon; one that is
 * held back otherwise is not, since nobody knows for how long. Nor is one whose next rows would come too late, where there
 * are newer ones already.
 */
export function order<C extends Candidate>(
  candidates: readonly C[],
  models: Models,
  running: ReadonlySet<string>,
  pending: ReadonlySet<string>,
  atOnce: number,
  nowMs: number,
): Ordered<C> {
  const names = new Set(candidates.map(({ model }) => model.readModel));
  const starts: C[] = [];
  const waits: { candidate: C; reason: Why }[] = [];
  const sorted = candidates
    .map((candidate) => ({ candidate, urgency: urgency(candidate, models, nowMs) }))
    .toSorted((a, b) => b.urgency - a.urgency || (a.candidate.model.readModel < b.candidate.model.readModel ? -1 : 1));
  for (const { candidate } of sorted) {
    const first = candidate.model.reads.find(
      (parent) =>
        (names.has(parent) || running.has(parent) || pending.has(parent)) &&
        !cannotWait(candidate, parent, models, nowMs),
    );
    if (first !== undefined) {
      const state = running.has(first) ? 'is being refreshed' : 'is due';
      waits.push({ candidate, reason: why('parent_first', () => `${first}, which it is built on, ${state}`) });
    } else if (running.size + starts.length >= atOnce) {
      waits.push({ candidate, reason: why('server_full', () => fullText(candidate, atOnce, nowMs)) });
    } else starts.push(candidate);
  }
  return { starts, waits };
}

function fullText({ dueMs }: Candidate, atOnce: number, nowMs: number): string {
  const late = dueMs === null ? '' : `, due ${formatDuration(Math.max(0, nowMs - dueMs))} ago`;
  const runs = atOnce === 1 ? 'one refresh runs' : `${atOnce} refreshes run`;
  return `${runs} at a time (by the setting, and on half of the cores at most)${late}`;
}
