import { scheduleSettingsSchema, type ScheduleSettingsView } from '../../../shared/model/schedule-view.ts';
import { withinCores } from './decide/core-share.ts';
import { defaultGuardLimits } from './decide/load-guard.ts';
import type { ScheduleSettings } from './decide/tick-state.ts';

/** What nobody has set is as usual; what a newer Daybreak wrote in another form is as usual, too. */
export const settingsOf = (stored: unknown): ScheduleSettingsView =>
  scheduleSettingsSchema.safeParse(stored ?? {}).data ?? scheduleSettingsSchema.parse({});

/** What a tick goes by. `cores`: of the server; null: not known. */
export const decidedBy = ({ atOnce, effort, guard }: ScheduleSettingsView, cores: number | null): ScheduleSettings =>
  guard ? { ...withinCores({ atOnce, effort }, cores), guard: defaultGuardLimits } : { atOnce, effort, guard: null };
