import type { SkipCalendar, SkipWindow } from '../../shared/model/schedule.ts';
import { createAsked } from './asked.ts';
import { client, unwrap } from './client.ts';

interface WindowsAsked {
  readonly serverId: string;
  /** A calendar as JSON: what is typed changes often, and its text tells whether it changed. */
  readonly calendar: string;
}

/** Windows that a calendar would open, from now until forty days ahead. */
export const calendarWindows = createAsked(
  async ({ serverId, calendar }: WindowsAsked, signal): Promise<readonly SkipWindow[]> =>
    unwrap(
      await client().schedule.previewCalendar({ serverId, calendar: JSON.parse(calendar) as SkipCalendar }, { signal }),
    ),
  { keeps: (before, next) => before.serverId === next.serverId },
);
