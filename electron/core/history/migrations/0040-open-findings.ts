/**
 * Findings that stay open until the old statement is gone, and what was seen of them since: who runs them, and which
 * minutes the sampler looked at at all, for a stopped sampler proves nothing.
 */
export const openFindings = {
  version: 40,
  name: 'open findings',
  sql: `
    create table open_finding (
      server_key integer not null references server on delete cascade,
      fingerprint text not null,
      found_at_ms real not null,
      damage_seconds real not null,
      from_ms real not null,
      to_ms real not null,
      dismissed integer not null default 0,
      last_run_at_ms real,
      -- up to here samples and intervals were searched for runs
      watched_to_ms real not null,
      -- statement, cure, grade and share in the worst window, as JSON
      body text not null,
      primary key (server_key, fingerprint)
    ) strict, without rowid;

    create table open_finding_run (
      server_key integer not null references server on delete cascade,
      fingerprint text not null,
      application_name text not null,
      -- '' for a role without a name
      role_name text not null,
      last_seen_at_ms real not null,
      primary key (server_key, fingerprint, application_name, role_name)
    ) strict, without rowid;

    create table watched_minute (
      server_key integer not null references server on delete cascade,
      -- since the epoch
      minute integer not null,
      primary key (server_key, minute)
    ) strict, without rowid;

    -- null: set before this was written down
    alter table class_override add column set_at_ms real;
  `,
} as const;
