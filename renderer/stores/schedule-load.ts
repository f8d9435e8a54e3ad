import type { Timeline } from '../../shared/model/diagnosis.ts';
import { createAsked } from './asked.ts';
import { client, unwrap } from './client.ts';

interface LoadAsked {
  readonly serverId: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Active sessions by class over a span, from the engine's own history. */
const ask = async ({ serverId, fromMs, toMs }: LoadAsked, signal: AbortSignal): Promise<Timeline> =>
  unwrap(await client().mornings.timeline({ serverId, fromMs, toMs, reachMs: 0 }, { signal })).timeline;

const keeps = (before: LoadAsked, next: LoadAsked) => before.serverId === next.serverId;

/** What the usual day is made of. */
export const usualDays = createAsked(ask, { keeps });

/** What was measured behind the past of the time axis. */
export const measuredLoad = createAsked(ask, { keeps });
