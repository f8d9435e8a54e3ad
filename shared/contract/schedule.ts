import { z } from 'zod';
import {
  guardRecordSchema,
  recordedRunSchema,
  scheduleOverviewSchema,
  scheduleSettingsSchema,
  scheduledModelSchema,
  seenRunnerSchema,
} from '../model/schedule-view.ts';
import { scheduleSchema, skipCalendarSchema, skipWindowSchema } from '../model/schedule.ts';
import { procedure } from './envelope.ts';

const onServer = z.object({ serverId: z.string() });
const byName = onServer.extend({ readModel: z.string() });
/** From and to on the server's clock, ms; left out: the last seven days. */
const span = { fromMs: z.number().optional(), toMs: z.number().optional() };

export const scheduleContract = {
  /** Every schedule of the server, what is due next, calendars, and who refreshes. Reads only, also without a runner. */
  overview: procedure(onServer, scheduleOverviewSchema),
  get: procedure(byName, scheduledModelSchema),
  /** `invalid_input` says what is wrong with a schedule: a cron text, a circle of models that follow each other. */
  set: procedure(byName.extend({ schedule: scheduleSchema }), scheduledModelSchema),
  /** What a schedule would make of a read model, without setting it: for the preview of the next ten runs. */
  preview: procedure(byName.extend({ schedule: scheduleSchema }), scheduledModelSchema),
  pause: procedure(byName.extend({ why: z.string().default('') }), scheduledModelSchema),
  /** Also one that stopped after an error that does not pass by itself. */
  resume: procedure(byName, scheduledModelSchema),
  /**
   * Asks for a refresh by whichever runner has a free place, and remembers it over a restart. `readModels.refresh`
   * refreshes at once, in the engine that is asked. `not_available`: no runner reports on this server.
   */
  refreshNow: procedure(byName, scheduledModelSchema),
  /**
   * Asks that the refresh that runs now be cancelled, whichever engine runs it: `running.cancelAsked` says so until it is,
   * within seconds. Of a runner that is gone it is ended at once. `runId`: only that run. `not_found`: it does not run.
   */
  cancelRun: procedure(byName.extend({ runId: z.string().optional() }), scheduledModelSchema),
  calendars: procedure(onServer, z.array(skipCalendarSchema)),
  /** Adds it, or replaces the one of that name. */
  saveCalendar: procedure(onServer.extend({ calendar: skipCalendarSchema }), z.array(skipCalendarSchema)),
  /** The windows that a calendar would open from now until forty days ahead, without saving it. */
  previewCalendar: procedure(onServer.extend({ calendar: skipCalendarSchema }), z.array(skipWindowSchema)),
  removeCalendar: procedure(onServer.extend({ name: z.string() }), z.array(skipCalendarSchema)),
  /** Runs and held-back turns of the server or of one read model, latest first. */
  runs: procedure(
    onServer.extend({
      readModel: z.string().optional(),
      ...span,
      limit: z.number().int().min(1).max(5_000).default(500),
    }),
    z.array(recordedRunSchema),
  ),
  guardDecisions: procedure(
    onServer.extend({
      readModel: z.string().optional(),
      ...span,
      limit: z.number().int().min(1).max(5_000).default(500),
    }),
    z.array(guardRecordSchema),
  ),
  runners: procedure(onServer, z.array(seenRunnerSchema)),
  /** Takes a runner that will not come back off the list; one that reports is refused. */
  forgetRunner: procedure(onServer.extend({ runner: z.string() }), z.array(seenRunnerSchema)),
  settings: procedure(onServer, scheduleSettingsSchema),
  setSettings: procedure(onServer.extend({ settings: scheduleSettingsSchema }), scheduleSettingsSchema),
  /** Whether this engine refreshes on the server by itself; it survives a restart. An agent always does. */
  setRunner: procedure(onServer.extend({ on: z.boolean() }), scheduleOverviewSchema),
};
