export const journal = {
  version: 3,
  name: 'journal',
  sql: `
    create table plan (
      plan_id text primary key,
      server_key integer not null references server,
      created_at_ms real not null,
      state text not null,
      -- the plan as JSON; its state is the column
      body text not null
    ) strict;
    create index plan_by_server on plan (server_key, created_at_ms);

    create table execution (
      execution_id text primary key,
      plan_id text not null references plan on delete cascade,
      started_at_ms real not null,
      state text not null,
      body text not null
    ) strict;
    create index execution_by_plan on execution (plan_id, started_at_ms);
    create index execution_running on execution (plan_id) where state = 'running';

    create table run (
      run_id text primary key,
      server_key integer not null references server,
      read_model text not null,
      started_at_ms real not null,
      body text not null
    ) strict;
    create index run_by_read_model on run (server_key, read_model, started_at_ms);

    create table activity (
      entry_id integer primary key autoincrement,
      server_key integer not null references server,
      at_ms real not null,
      actor text not null,
      purpose text not null,
      sql text not null,
      took_ms real,
      outcome text not null,
      error text,
      undo_sql text,
      plan_id text,
      run_id text
    ) strict;
    create index activity_by_server on activity (server_key, entry_id);
  `,
} as const;
