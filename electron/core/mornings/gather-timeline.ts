import type { TimeWindow } from '../diagnosis/input.ts';
import type { RolledTimelineInput } from '../diagnosis/timeline-rollups.ts';
import type { DetailedRollup, History, StoredRollup } from '../history/history.ts';
import type { InputSources } from './gather-input.ts';
import { knownCores } from './known-cores.ts';

/** From this length on a window is drawn from minutes; a snapshot a minute shows no more in a shorter one either. */
const minutesFromMs = 2 * 3_600_000;
/** From this length on it is drawn from hours: half a million columns of minutes would take seconds. */
const hoursFromMs = 8 * 24 * 3_600_000;
/** How far before the window quiet minutes are looked for. */
const lookBackMs = 2 * 3_600_000;

export const tierOf = ({ fromMs, toMs }: TimeWindow): 'raw' | StoredRollup['tier'] =>
  toMs - fromMs < minutesFromMs ? 'raw' : toMs - fromMs < hoursFromMs ? 'minute' : 'hour';

/** What a long timeline is drawn from; null where no minute of it is stored yet. */
export async function gatherTimeline(
  { servers, history, dashboards }: InputSources,
  serverId: string,
  { fromMs, toMs }: TimeWindow,
  tier: StoredRollup['tier'],
): Promise<RolledTimelineInput | null> {
  const connection = await servers.stored(serverId);
  const from = fromMs - (tier === 'minute' ? lookBackMs : 0);
  const [statements, overrides, widgets, origins, rollups, hours] = await Promise.all([
    history.samples.statements(serverId, from),
    history.samples.classOverrides(serverId),
    dashboards.widgetReferences(serverId),
    history.samples.origins(),
    history.samples.packedRollups(serverId, tier, from, toMs),
    history.samples.rollups(serverId, 'hour', from, toMs),
  ]);
  if (rollups.length === 0) return null;
  const cores = knownCores(connection);
  const classedBy = [...hours, ...(await restOf(history, serverId, hours, { fromMs: from, toMs }))];
  return { statements, overrides, widgets, origins, rollups, classedBy, cores, fromMs, toMs };
}

/** The minutes of what is no whole hour yet. */
async function restOf(
  history: History,
  serverId: string,
  hours: readonly DetailedRollup[],
  { fromMs, toMs }: TimeWindow,
): Promise<DetailedRollup[]> {
  const begins = hours.at(-1)?.toMs ?? fromMs;
  return begins >= toMs ? [] : history.samples.rollups(serverId, 'minute', begins, toMs);
}
