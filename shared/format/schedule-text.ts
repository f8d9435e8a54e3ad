import { assertNever } from '../model/assert-never.ts';
import type { RunnerTrouble, Schedule, SkipCalendar } from '../model/schedule.ts';
import { cronText, listText } from './cron-text.ts';

/** When a read model is refreshed, for people: "within its budget", "daily at 06:30 Europe/Berlin", "after sales". */
export function scheduleText(schedule: Schedule): string {
  switch (schedule.kind) {
    case 'budget':
      return 'within its budget';
    case 'cron':
      return `${cronText(schedule.expression)} ${schedule.timeZone}`;
    case 'after':
      return `after ${listText(schedule.parents)}`;
    case 'hand':
      return 'by hand';
    default:
      return assertNever(schedule);
  }
}

/** What a calendar keeps from happening: "no refresh and no swap", "no swap". */
export function forbidsText({ noRefresh, noSwap }: Pick<SkipCalendar, 'noRefresh' | 'noSwap'>): string {
  const forbids = [...(noRefresh ? ['no refresh'] : []), ...(noSwap ? ['no swap'] : [])];
  return forbids.length === 0 ? 'nothing is held back' : listText(forbids);
}

/** After the runner's name: "cannot refresh sales: Role reader may not ...". */
export const runnerTroubleText = ({ readModel, text }: RunnerTrouble): string =>
  `cannot refresh ${readModel ?? 'anything'}: ${text}`;
