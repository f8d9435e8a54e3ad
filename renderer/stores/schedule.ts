import { create } from 'zustand';
import type { Schedule, SkipCalendar } from '../../shared/model/schedule.ts';
import type { ScheduledModelView, ScheduleOverview, ScheduleSettingsView } from '../../shared/model/schedule-view.ts';
import { client, unwrap } from './client.ts';
import { coalesced } from './coalesced.ts';
import { onEngineEvent } from './engine-events.ts';
import { createLoader, type Loadable, notLoaded } from './loadable.ts';

/** The schedules of a server as they were read at a moment of this machine's clock. */
export interface SeenSchedule extends ScheduleOverview {
  readonly readAtMs: number;
}

/** What the last change did, and how to take it back. */
export interface ScheduleTold {
  readonly text: string;
  readonly undo: (() => Promise<void>) | null;
}

interface ScheduleState {
  readonly serverId: string | null;
  readonly overview: Loadable<SeenSchedule>;
  readonly told: ScheduleTold | null;
  /** Grows whenever there are other runs. */
  readonly round: number;
}

export const useSchedule = create<ScheduleState>(() => ({ serverId: null, overview: notLoaded, told: null, round: 0 }));

const { getState: read, setState: write } = useSchedule;
const loader = createLoader<SeenSchedule>(
  () => read().overview,
  (overview) => write({ overview }),
);

/** An agent on another machine changes the registry without a word to this engine. */
const everyMs = 10_000;
/** While something runs, its end is waited for. */
const whileRunningMs = 3_000;

function enterServer(serverId: string): void {
  if (read().serverId === serverId) return;
  write({ serverId, told: null });
  loader.reset();
}

/** Reads the schedules of a server once, for who only offers what can be done. */
export async function lookAtSchedule(serverId: string): Promise<void> {
  enterServer(serverId);
  await refreshSchedule(serverId);
}

/** Shows the schedules of a server, and keeps them true until the returned function is called. */
export function watchSchedule(serverId: string): () => void {
  enterServer(serverId);
  // Each run is several events, and of many models each answer is long.
  const reload = coalesced(() => refreshSchedule(serverId));
  reload();
  let askedAtMs = Date.now();
  const timer = setInterval(() => {
    const running = read().overview.value?.models.some((model) => model.running !== null) === true;
    if (document.hidden || (!running && Date.now() - askedAtMs < everyMs)) return;
    askedAtMs = Date.now();
    reload();
  }, whileRunningMs);
  const stops = (['schedule', 'read_models', 'connections'] as const).map((topic) =>
    onEngineEvent(topic, (event) => {
      if (event === null || event.serverId === null || event.serverId === serverId) reload();
    }),
  );
  return () => {
    clearInterval(timer);
    for (const stop of stops) stop();
  };
}

export async function refreshSchedule(serverId: string): Promise<void> {
  const before = read().overview.value;
  const seen = await loader.load(async (signal) => ({
    ...unwrap(await client().schedule.overview({ serverId }, { signal })),
    readAtMs: Date.now(),
  }));
  if (seen !== null && (before === null || runsOf(before) !== runsOf(seen))) write({ round: read().round + 1 });
}

/** Changes with every run that began, ended, or was held back: only then are runs asked for again. */
const runsOf = ({ models }: ScheduleOverview): string =>
  JSON.stringify(
    models.map(({ lease, running, held, asOfMs, failures }) => [
      lease.epoch,
      running?.runId,
      running?.cancelAsked,
      held?.reason.text,
      asOfMs,
      failures,
    ]),
  );

export const dismissScheduleTold = (): void => write({ told: null });

/** Says what was done. `undo` runs at most once. */
function tell(text: string, undo: (() => Promise<void>) | null): void {
  write({ told: { text, undo } });
}

/** What a schedule would make of a read model. Throws FailureError. */
export async function previewSchedule(
  serverId: string,
  readModel: string,
  schedule: Schedule,
  signal?: AbortSignal,
): Promise<ScheduledModelView> {
  return unwrap(await client().schedule.preview({ serverId, readModel, schedule }, { signal }));
}

/** Sets a schedule; the earlier one comes back with Undo. Throws FailureError. */
export async function setSchedule(
  serverId: string,
  { readModel, schedule: before }: Pick<ScheduledModelView, 'readModel' | 'schedule'>,
  schedule: Schedule,
  text: string,
): Promise<void> {
  const put = async (one: Schedule) => {
    unwrap(await client().schedule.set({ serverId, readModel, schedule: one }));
    await refreshSchedule(serverId);
  };
  await put(schedule);
  tell(text, () => put(before));
}

export async function pauseSchedule(serverId: string, readModel: string, why: string): Promise<void> {
  unwrap(await client().schedule.pause({ serverId, readModel, why }));
  await refreshSchedule(serverId);
  tell(`${readModel} is paused.`, () => resumeQuietly(serverId, readModel));
}

export async function resumeSchedule(serverId: string, readModel: string): Promise<void> {
  await resumeQuietly(serverId, readModel);
  tell(`${readModel} is refreshed by its schedule again.`, null);
}

async function resumeQuietly(serverId: string, readModel: string): Promise<void> {
  unwrap(await client().schedule.resume({ serverId, readModel }));
  await refreshSchedule(serverId);
}

/** Asks whichever runner has a free place. Throws FailureError, `not_available` where none reports. */
export async function askForRefresh(serverId: string, readModel: string): Promise<void> {
  unwrap(await client().schedule.refreshNow({ serverId, readModel }));
  await refreshSchedule(serverId);
  tell(`${readModel} is refreshed as soon as a runner has a free place.`, null);
}

/** Asks its runner, whichever engine that is, to cancel the refresh that runs now. Throws FailureError. */
export async function cancelRun(serverId: string, readModel: string, runId: string): Promise<void> {
  const { running } = unwrap(await client().schedule.cancelRun({ serverId, readModel, runId }));
  await refreshSchedule(serverId);
  tell(
    running?.runId === runId
      ? `${running.runner} was asked to cancel the refresh of ${readModel}, and does so within seconds.`
      : `The refresh of ${readModel} was cancelled.`,
    null,
  );
}

/** Adds a calendar, or replaces the one of that name. Throws FailureError. */
export async function saveCalendar(
  serverId: string,
  calendar: SkipCalendar,
  before: SkipCalendar | null,
): Promise<void> {
  await putCalendar(serverId, calendar);
  if (before !== null && before.name !== calendar.name) await takeCalendar(serverId, before.name);
  await refreshSchedule(serverId);
  const undo = async () => {
    if (before?.name !== calendar.name) await takeCalendar(serverId, calendar.name);
    if (before !== null) await putCalendar(serverId, before);
    await refreshSchedule(serverId);
  };
  tell(
    before === null ? `The calendar ${calendar.name} holds from now on.` : `The calendar ${calendar.name} was changed.`,
    undo,
  );
}

/** Throws FailureError. */
export async function removeCalendar(serverId: string, calendar: SkipCalendar): Promise<void> {
  await takeCalendar(serverId, calendar.name);
  await refreshSchedule(serverId);
  tell(`The calendar ${calendar.name} was deleted.`, async () => {
    await putCalendar(serverId, calendar);
    await refreshSchedule(serverId);
  });
}

async function putCalendar(serverId: string, calendar: SkipCalendar): Promise<void> {
  unwrap(await client().schedule.saveCalendar({ serverId, calendar }));
}

async function takeCalendar(serverId: string, name: string): Promise<void> {
  unwrap(await client().schedule.removeCalendar({ serverId, name }));
}

/** Whether this engine refreshes on the server by itself. Throws FailureError. */
export async function setRunner(serverId: string, on: boolean): Promise<void> {
  unwrap(await client().schedule.setRunner({ serverId, on }));
  await refreshSchedule(serverId);
  tell(on ? 'This Daybreak refreshes here from now on.' : 'This Daybreak does not refresh here any more.', null);
}

/** Throws FailureError. */
export async function forgetRunner(serverId: string, runner: string): Promise<void> {
  unwrap(await client().schedule.forgetRunner({ serverId, runner }));
  await refreshSchedule(serverId);
}

/** Throws FailureError. */
export async function saveScheduleSettings(serverId: string, settings: ScheduleSettingsView): Promise<void> {
  const before = read().overview.value?.settings ?? null;
  const put = async (one: ScheduleSettingsView) => {
    unwrap(await client().schedule.setSettings({ serverId, settings: one }));
    await refreshSchedule(serverId);
  };
  await put(settings);
  tell('The runners of this server were set.', before === null ? null : () => put(before));
}
