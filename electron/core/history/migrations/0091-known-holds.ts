/** What was last known of calendars and held schedules of a server, for labels while it is out of reach. */
export const knownHolds = {
  version: 91,
  name: 'known holds',
  sql: `
    create table known_holds (
      server_key integer primary key references server on delete cascade,
      -- KnownHolds of shared/model/known-holds.ts, as JSON
      body text not null
    ) strict;
  `,
} as const;
