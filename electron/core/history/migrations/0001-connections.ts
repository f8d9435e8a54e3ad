export const connections = {
  version: 1,
  name: 'connections',
  sql: `
    -- Small keys for what is stored by the million. autoincrement: the key of a removed server is never given out again.
    create table server (
      server_key integer primary key autoincrement,
      server_id text not null unique,
      -- 1 while what was stored for it is being deleted, in batches
      removed integer not null default 0
    ) strict;

    create table connection (
      server_key integer primary key references server,
      settings text not null,
      last_connected_at_ms real,
      last_facts text
    ) strict;
  `,
} as const;
