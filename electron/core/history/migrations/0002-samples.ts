/**
 * Times are integer microseconds (PostgreSQL's own resolution, exact in a double until 2255), lengths of statements
 * integer nanoseconds. Rows that come by the million name their parents without a declared foreign key: SQLite would
 * look every parent up at insert, and scan the children at every delete of a parent.
 */
export const samples = {
  version: 2,
  name: 'samples',
  sql: `
    create table text (
      text_id integer primary key,
      hash blob not null unique,
      -- text, or a blob with its raw deflate where that is shorter
      body any not null,
      fingerprint text not null,
      last_used_hour integer not null
    ) strict;
    create index text_last_used on text (last_used_hour);

    create table statement (
      statement_id integer primary key autoincrement,
      server_key integer not null references server,
      -- null queryid: seen in activity only, without a queryid; known by its fingerprint
      database_oid text not null,
      role_oid text not null,
      queryid text,
      toplevel integer not null,
      database_name text,
      role_name text,
      text_id integer,
      -- 1: the text is the one of pg_stat_statements; 0: a sampled one, or none yet
      normalized integer not null,
      fingerprint text not null,
      last_seen_hour integer not null
    ) strict;
    create unique index statement_key on statement (server_key, database_oid, role_oid, queryid, toplevel)
      where queryid is not null;
    create index statement_fingerprint on statement (server_key, fingerprint);
    create index statement_text on statement (text_id);

    create table class_override (
      server_key integer not null references server,
      fingerprint text not null,
      class text not null,
      primary key (server_key, fingerprint)
    ) strict, without rowid;

    create table interval (
      interval_id integer primary key,
      server_key integer not null references server,
      from_us integer not null,
      to_us integer not null,
      deallocs integer,
      resets integer not null,
      coverage real
    ) strict;
    create index interval_by_end on interval (server_key, to_us);

    create table delta (
      interval_id integer not null,
      statement_id integer not null,
      discontinuity integer not null,
      calls integer not null,
      row_count integer not null,
      exec_ns integer not null,
      -- calls * (stddev^2 + mean^2)
      sum_squares_us2 real not null,
      plans integer not null,
      plan_ns integer not null,
      shared_hit integer not null,
      shared_read integer not null,
      shared_dirtied integer not null,
      shared_written integer not null,
      local_read integer not null,
      local_written integer not null,
      temp_read integer not null,
      temp_written integer not null,
      shared_read_ns integer not null,
      shared_write_ns integer not null,
      temp_read_ns integer not null,
      temp_write_ns integer not null,
      wal_records integer not null,
      wal_bytes integer not null,
      primary key (interval_id, statement_id)
    ) strict, without rowid;

    create table last_snapshot (
      server_key integer primary key references server,
      at_us integer not null,
      dealloc integer not null,
      stats_reset_us integer,
      active_time_ms real,
      entries blob not null
    ) strict;

    create table origin (
      origin_id integer primary key,
      hash blob not null unique,
      database_name text,
      database_oid text,
      role_name text,
      role_oid text,
      application_name text not null,
      backend_type text not null,
      last_used_hour integer not null
    ) strict;
    create index origin_last_used on origin (last_used_hour);

    create table wait (
      wait_id integer primary key,
      state text,
      event_type text,
      event text
    ) strict;

    create table sample (
      sample_id integer primary key,
      server_key integer not null references server,
      at_us integer not null
    ) strict;
    create index sample_by_time on sample (server_key, at_us);

    create table sample_row (
      sample_id integer not null,
      row_number integer not null,
      pid integer not null,
      leader_pid integer,
      origin_id integer not null,
      wait_id integer not null,
      statement_id integer,
      -- null: the text of its statement
      text_id integer,
      query_age_us integer,
      transaction_age_us integer,
      xmin_age integer,
      primary key (sample_id, row_number)
    ) strict, without rowid;

    create table sample_blocker (
      sample_id integer not null,
      row_number integer not null,
      blocker_pid integer not null,
      primary key (sample_id, row_number, blocker_pid)
    ) strict, without rowid;
  `,
} as const;
