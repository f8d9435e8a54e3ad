import type { Schedule, SkipCalendar } from '../../../../shared/model/schedule.ts';
import type { ScheduleSettingsView } from '../../../../shared/model/schedule-view.ts';
import { quoteLiteral } from '../../postgres/quote.ts';
import { usualSchedule } from './schedule-state.ts';

/*
 * What a person changes about schedules, as statements that can be shown and run again by hand. `by`: who, under the name
 * of their operating system and door.
 */

/** As the registry has it, in whichever form that was written. */
export type Stored = Readonly<Record<string, unknown>>;

const text = (value: string | null): string => (value === null ? 'null' : quoteLiteral(value));
const json = (value: object): string => quoteLiteral(JSON.stringify(value));

/** What it would have made due before now was never missed. */
export const setScheduleSql = (readModel: string, schedule: Schedule, by: string): string =>
  `insert into daybreak.schedule (read_model, schedule, set_by) values (${text(readModel)}, ${json(schedule)}, ${text(by)})
on conflict (read_model) do update set schedule = excluded.schedule, set_by = excluded.set_by,
  set_at = clock_timestamp(), next_due_at = null, due_reason = null, retry_at = null, held = null, gave_up = false,
  failures = 0, last_failed_at = null, last_error = null, stopped_at = null, stopped_error = null,
  stopped_sqlstate = null, stopped_run = null`;

/** `setBy` null: as Daybreak does it where nobody has set one. */
export const putScheduleBackSql = (readModel: string, schedule: Stored | null, setBy: string | null): string =>
  `update daybreak.schedule set schedule = ${json(schedule ?? usualSchedule)}, set_by = ${text(setBy)}, set_at = clock_timestamp(),
  next_due_at = null, due_reason = null
where read_model = ${text(readModel)}`;

/** A row of a model that nobody has scheduled yet is made as Daybreak schedules by itself. */
const ensured = (readModel: string, column: string, values: string): string =>
  `insert into daybreak.schedule as s (read_model, schedule, set_at, ${column})
select read_model, ${json(usualSchedule)}, created_at, ${values} from daybreak.version
where read_model = ${text(readModel)} and state = 'current'
on conflict (read_model) do update set `;

export const pauseSql = (readModel: string, by: string, why: string): string =>
  `${ensured(readModel, 'paused_at, paused_by, paused_why', `clock_timestamp(), ${text(by)}, ${text(why)}`)}paused_at = coalesce(s.paused_at, excluded.paused_at),
  paused_by = excluded.paused_by, paused_why = excluded.paused_why`;

/** Also after an error that had stopped it: somebody has mended the cause. */
export const resumeSql = (readModel: string): string =>
  `update daybreak.schedule set paused_at = null, paused_by = null, paused_why = null, stopped_at = null,
  stopped_error = null, stopped_sqlstate = null, stopped_run = null, failures = 0, gave_up = false,
  retry_at = null, last_failed_at = null, last_error = null
where read_model = ${text(readModel)}`;

/** How a schedule was held before: paused by a person, stopped by an error, or neither. */
export interface HeldBefore {
  readonly pausedAt: string | null;
  readonly pausedBy: string | null;
  readonly pausedWhy: string | null;
  readonly stoppedAt: string | null;
  readonly stoppedError: string | null;
  readonly stoppedSqlstate: string | null;
  readonly stoppedRun: string | null;
}

export const holdAgainSql = (readModel: string, before: HeldBefore): string =>
  `update daybreak.schedule set paused_at = ${text(before.pausedAt)}, paused_by = ${text(before.pausedBy)}, paused_why = ${text(before.pausedWhy)},
  stopped_at = ${text(before.stoppedAt)}, stopped_error = ${text(before.stoppedError)}, stopped_sqlstate = ${text(before.stoppedSqlstate)},
  stopped_run = ${text(before.stoppedRun)}
where read_model = ${text(readModel)}`;

/** Somebody wants a refresh; whichever runner has a free place does it. */
export const askSql = (readModel: string, by: string): string =>
  `${ensured(readModel, 'asked_at, asked_by', `clock_timestamp(), ${text(by)}`)}asked_at = coalesce(s.asked_at, excluded.asked_at), asked_by = excluded.asked_by`;

export const withdrawAskSql = (readModel: string): string =>
  `update daybreak.schedule set asked_at = null, asked_by = null where read_model = ${text(readModel)}`;

export const saveCalendarSql = (name: string, definition: SkipCalendar | Stored, by: string): string =>
  `insert into daybreak.calendar (name, definition, updated_by) values (${text(name)}, ${json(definition)}, ${text(by)})
on conflict (name) do update set definition = excluded.definition, updated_by = excluded.updated_by,
  updated_at = clock_timestamp()`;

export const removeCalendarSql = (name: string): string => `delete from daybreak.calendar where name = ${text(name)}`;

export const saveSettingsSql = (settings: ScheduleSettingsView | Stored, by: string): string =>
  `insert into daybreak.schedule_setting (settings, updated_by) values (${json(settings)}, ${text(by)})
on conflict (only_row) do update set settings = excluded.settings, updated_by = excluded.updated_by,
  updated_at = clock_timestamp()`;

export const forgetSettingsSql = 'delete from daybreak.schedule_setting';

/** Nobody who still reports. */
export const forgetRunnerSql = (runner: string): string =>
  `delete from daybreak.runner where runner = ${text(runner)}
  and (stopped_at is not null or abs(extract(epoch from clock_timestamp() - heartbeat_at)) > 30) returning runner as outcome`;
