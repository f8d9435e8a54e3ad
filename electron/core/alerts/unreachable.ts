import { formatDuration } from '../../../shared/format/duration.ts';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import { budgetsText, type BudgetsSeen } from './known-budgets.ts';
import type { EndedEpisode, NewEpisode, StoredEpisode } from './ledger.ts';

/** Shorter breaks are restarts, and laptops that wake up. */
const patienceMs = 3 * 60_000;

/**
 * - reached: the connection is open
 * - out_of_reach: it was open once, and the last attempt failed
 * - left: a person disconnected it
 * - untried: nobody has tried yet in this engine's life
 */
export type Reach = 'reached' | 'out_of_reach' | 'left' | 'untried';

/** `before`: as it was at the last look. The demo is closed and opened as people like. Pure. */
export function reachOf(
  {
    state,
    notice,
    lastConnectedAtMs,
    settings,
  }: Pick<ServerSummary, 'state' | 'notice' | 'lastConnectedAtMs' | 'settings'>,
  before: Reach,
): Reach {
  if (state === 'connected') return 'reached';
  const failed = state === 'lost' || (notice !== null && lastConnectedAtMs !== null);
  if (failed && settings.environment !== 'demo') return 'out_of_reach';
  return before === 'untried' ? 'untried' : 'left';
}

export interface Reachability {
  readonly label: string;
  readonly reach: Reach;
  /** Since when it is out of reach, as this engine saw it. */
  readonly sinceMs: number;
  /** Why the last attempt failed. */
  readonly reason: string | null;
  /** Null: nobody has looked in this engine's life. */
  readonly budgets: BudgetsSeen | null;
}

export interface LocalSteps {
  readonly open: readonly NewEpisode[];
  readonly close: readonly EndedEpisode[];
}

/**
 * The episode of a server that cannot be reached: nothing of its read models can be known or refreshed meanwhile. `known`:
 * episodes of this profile about the server. Pure.
 */
export function unreachableSteps(
  { label, reach, sinceMs, reason, budgets }: Reachability,
  known: readonly StoredEpisode[],
  nowMs: number,
): LocalSteps {
  const open = known.find(({ kind, recoveredAtMs }) => kind === 'server_unreachable' && recoveredAtMs === null);
  if (reach === 'out_of_reach') {
    if (open !== undefined || nowMs - sinceMs < patienceMs) return { open: [], close: [] };
    const why = reason === null ? '' : ` ${reason}`;
    const known = budgets === null ? null : budgetsText(budgets, nowMs);
    const ages = known === null ? ', and nobody can tell how old they are' : `: ${known}`;
    const text = `Nothing has been heard from ${label} for ${formatDuration(nowMs - sinceMs)}.${why} Its read models are not refreshed from here${ages}. Look whether the server runs and whether this machine reaches it; Daybreak goes on trying.`;
    const episode: NewEpisode = {
      episodeId: `server_unreachable ${label} ${sinceMs}`,
      kind: 'server_unreachable',
      subject: label,
      owner: null,
      severity: 'critical',
      openedAtMs: sinceMs,
      text,
    };
    return { open: [episode], close: [] };
  }
  if (open === undefined || reach === 'untried') return { open: [], close: [] };
  const recoveredText =
    reach === 'reached'
      ? `${label} answers again after ${formatDuration(nowMs - open.openedAtMs)}.`
      : `${label} was disconnected here: Daybreak does not watch it any more.`;
  return { open: [], close: [{ episodeId: open.episodeId, recoveredAtMs: nowMs, recoveredText }] };
}
