/**
 * Deltas of an interval and rows of a sample lie in one packed value each (docs/decisions/0009); what an earlier
 * version wrote stays in its rows until retention takes it. Minutes and hours are derived from them.
 */
export const packedHistory = {
  version: 6,
  name: 'packed history',
  sql: `
    alter table interval add column restarted integer not null default 0;
    alter table interval add column clock_set_by_ms real not null default 0;
    -- JSON: differences of the counters of the whole instance, and its standbys
    alter table interval add column server text;
    alter table interval add column replication text;
    -- interval-blob.ts; null: the rows of \`delta\`
    alter table interval add column deltas blob;

    -- sample-blob.ts; null: the rows of \`sample_row\`
    alter table sample add column packed blob;

    alter table last_snapshot add column server text;
    alter table last_snapshot add column server_reset_us integer;
    -- the last interval that was stored before it; null: told by its time
    alter table last_snapshot add column after_interval_id integer;
    alter table last_snapshot add column server_started_at_us integer;

    -- Statements that were known by their text alone until the statistics named them: packed values keep the old id.
    create table merged_statement (
      statement_id integer primary key,
      server_key integer not null,
      into_id integer not null
    ) strict;
    create index merged_statement_by_server on merged_statement (server_key);

    create table rollup (
      rollup_id integer primary key,
      server_key integer not null references server,
      -- 1: a minute, 60: an hour
      minutes integer not null,
      from_us integer not null,
      samples integer not null,
      deallocs integer not null,
      resets integer not null,
      coverage real,
      idle_in_transaction_ms real,
      ended_idle_ms real not null,
      lock_waits real not null,
      on_cpu real not null,
      -- rollup-blob.ts: what a timeline is drawn from, and the rest, which it need not read
      body blob not null,
      more blob not null
    ) strict;
    create unique index rollup_by_time on rollup (server_key, minutes, from_us);

    -- Minutes that end by then are rolled up, and hours likewise.
    create table rolled_up (
      server_key integer primary key references server,
      minutes_until_us integer not null
    ) strict;

    -- Servers whose history was opened from a file: nothing of them expires.
    create table capture (
      server_key integer primary key references server,
      capture_id text not null unique,
      -- the capture as JSON
      body text not null
    ) strict;
  `,
} as const;
