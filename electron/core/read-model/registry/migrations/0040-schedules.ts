import type { RegistryMigration } from '../migrations.ts';

/**
 * When read models are due, who writes them now, and what became of it. A table for each rhythm of change: `schedule`
 * changes with each run, `lease` with each holder, `heartbeat` every few seconds while one writes, and none of them is
 * `copy`, which every reader of a stable name touches. A lease is locked by transactions that see one snapshot for as long
 * as a fill takes: a heartbeat in its row would fail each of them (40001). Breaking: an older Daybreak would write without a lease, and
 * does not know the states of a run that never began.
 */
export const schedules: RegistryMigration = {
  migration: 40,
  breaking: true,
  name: 'schedules and leases',
  statements: [
    `create table daybreak.schedule (
  read_model text primary key references daybreak.read_model (name) on delete cascade,
  schedule jsonb not null,
  set_at timestamptz not null default clock_timestamp(),
  set_by text, -- null: as Daybreak does it where nobody has set one
  next_due_at timestamptz, -- null: nothing makes it due, or nobody has looked since the last refresh
  due_reason jsonb, -- {code, text}
  paused_at timestamptz,
  paused_by text,
  paused_why text,
  stopped_at timestamptz, -- after an error that does not pass by itself
  stopped_error text,
  stopped_sqlstate text,
  stopped_run text,
  asked_at timestamptz, -- somebody wants a refresh that has not begun
  asked_by text,
  retry_at timestamptz, -- no attempt before, and one then
  failures integer not null default 0, -- in a row
  last_failed_at timestamptz,
  last_error text,
  gave_up boolean not null default false,
  held jsonb, -- the last line of its history, where that says why it is held back
  last_started_at timestamptz, -- of the last run that was done
  last_ended_at timestamptz,
  durations_ms double precision[] not null default '{}' -- of runs that were done, latest first
)`,
    `create table daybreak.lease (
  read_model text primary key, -- of a plan also before it is registered
  epoch bigint not null, -- grows with each holder; what commits must still have it
  run_id text, -- null: nobody writes
  kind text, -- refresh, plan
  runner text,
  backend_pid integer, -- null: claimed, and not begun
  backend_start timestamptz,
  acquired_at timestamptz,
  deadline_at timestamptz, -- who has not ended by then is taken over
  end_by timestamptz -- when the refresh has to be over
)`,
    `create table daybreak.heartbeat (
  read_model text primary key,
  run_id text not null, -- of another run than the lease's it says nothing
  heartbeat_at timestamptz not null, -- who is silent for half a minute is taken over
  effort jsonb -- {workers, periods}
)`,
    `create table daybreak.runner (
  runner text primary key,
  name text not null, -- the same after a restart
  door text not null,
  host text not null,
  pid integer not null,
  version text not null,
  started_at timestamptz not null default clock_timestamp(),
  heartbeat_at timestamptz not null default clock_timestamp(),
  stopped_at timestamptz, -- in good order
  state jsonb not null default '{}' -- what it says of itself
)`,
    `create table daybreak.calendar (
  name text primary key,
  definition jsonb not null,
  updated_at timestamptz not null default clock_timestamp(),
  updated_by text not null
)`,
    `create table daybreak.schedule_setting (
  only_row boolean primary key default true check (only_row),
  settings jsonb not null,
  updated_at timestamptz not null default clock_timestamp(),
  updated_by text not null
)`,
    `create table daybreak.guard_decision (
  decision_id bigint generated always as identity primary key,
  decided_at timestamptz not null default clock_timestamp(),
  read_model text not null references daybreak.read_model (name) on delete cascade,
  run_id text,
  runner text not null,
  decision text not null, -- postpone, slow_down, go_anyway, cancel_and_retry, speed_up
  reason jsonb not null -- {code, text}
)`,
    `create index guard_decision_by_time on daybreak.guard_decision (decided_at)`,
    `alter table daybreak.run
  add column queued_at timestamptz,
  add column due_at timestamptz, -- the due time that it answers
  add column until_at timestamptz, -- skipped or postponed until then
  add column epoch bigint,
  add column attempt integer,
  add column why jsonb, -- {code, text}
  add column retry_reason text,
  add column lock_wait_ms double precision,
  alter column mode drop not null, -- of a run that never began
  alter column slot drop not null,
  drop constraint run_state_check,
  add constraint run_state_check check (state in
    ('queued', 'running', 'done', 'failed', 'cancelled', 'abandoned', 'skipped', 'postponed'))`,
    `create index run_by_time on daybreak.run (started_at)`,
  ],
  // Taken back only where nothing has been written into it: whoever used it in the meantime keeps it.
  undo: () => `if to_regclass('daybreak.schedule') is not null then
    lock table daybreak.schedule, daybreak.calendar, daybreak.run in access exclusive mode;
    if not exists (select from daybreak.schedule) and not exists (select from daybreak.calendar)
      and not exists (select from daybreak.run where epoch is not null or mode is null) then
      drop table daybreak.schedule, daybreak.lease, daybreak.heartbeat, daybreak.runner, daybreak.calendar, daybreak.schedule_setting,
        daybreak.guard_decision restrict;
      drop index daybreak.run_by_time;
      alter table daybreak.run drop column queued_at, drop column due_at, drop column until_at, drop column epoch,
        drop column attempt, drop column why, drop column retry_reason, drop column lock_wait_ms,
        alter column mode set not null, alter column slot set not null, drop constraint run_state_check,
        add constraint run_state_check check (state in ('running', 'done', 'failed', 'cancelled', 'abandoned'));
      delete from daybreak.migration where migration = 40;
    end if;
  end if;`,
};
