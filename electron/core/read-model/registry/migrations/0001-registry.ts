import type { RegistryMigration } from '../migrations.ts';

/**
 * read_model -> version -> copy. Every reader of a stable name touches `copy` (its as-of), so that table holds nothing
 * that changes between two refreshes. Rights: the owner's alone; readers come through the stable view, which reads
 * with its definer's rights.
 */
export const registry: RegistryMigration = {
  migration: 1,
  breaking: true,
  name: 'registry',
  statements: [
    `create schema daybreak`,
    `create table daybreak.migration (
  migration integer primary key,
  name text not null,
  breaking boolean not null, -- true: a Daybreak that does not know it must not write here
  installed_at timestamptz not null default now()
)`,
    `create table daybreak.read_model (
  name text primary key,
  schema_name text not null,
  question text not null,
  owner text not null,
  created_at timestamptz not null default now()
)`,
    `create table daybreak.version (
  read_model text not null references daybreak.read_model (name),
  version integer not null check (version > 0),
  definition_sql text not null,
  key_columns text[] not null,
  columns jsonb not null, -- [{name, type}]
  parents text[] not null, -- read models that the definition reads
  state text not null check (state in ('building', 'current', 'previous', 'retired')),
  live_slot text not null check (live_slot in ('a', 'b')), -- the copy that readers see, or saw last
  plan_id text not null,
  verification jsonb, -- comparison with the version before, at one snapshot
  created_at timestamptz not null default now(),
  primary key (read_model, version)
)`,
    `create unique index one_current_version on daybreak.version (read_model) where state = 'current'`,
    `create table daybreak.copy (
  copy_id text primary key, -- also the name of its relation
  read_model text not null,
  version integer not null,
  slot text not null check (slot in ('a', 'b')),
  data_as_of timestamptz, -- when its source data was read
  row_count bigint,
  unique (read_model, version, slot),
  foreign key (read_model, version) references daybreak.version (read_model, version)
)`,
    `create table daybreak.consumer (
  read_model text not null references daybreak.read_model (name),
  consumer text not null,
  owner text not null,
  budget_minutes integer check (budget_minutes > 0),
  primary key (read_model, consumer)
)`,
    `create table daybreak.reader (
  read_model text not null references daybreak.read_model (name),
  role_name text not null,
  primary key (read_model, role_name)
)`,
    `create table daybreak.run (
  run_id text primary key,
  read_model text not null references daybreak.read_model (name),
  version integer not null,
  slot text not null,
  mode text not null,
  state text not null check (state in ('running', 'done', 'failed', 'cancelled', 'abandoned')),
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  as_of timestamptz,
  row_count bigint,
  error text,
  sqlstate text,
  runner text not null
)`,
    `create index run_by_read_model on daybreak.run (read_model, started_at desc)`,
    `create table daybreak.applied_plan (
  plan_id text primary key,
  kind text not null,
  read_model text not null,
  applied_at timestamptz not null default now()
)`,
    `comment on table daybreak.read_model is 'Registry of Daybreak''s read models: versions, copies, their as-of, runs'`,
  ],
  // Only an empty registry is taken back: whoever registered a read model in the meantime keeps it.
  undo: (keepSchema) => `if to_regclass('daybreak.read_model') is not null then
    lock table daybreak.read_model in access exclusive mode;
    if not exists (select from daybreak.read_model) then
      drop table daybreak.applied_plan, daybreak.run, daybreak.reader, daybreak.consumer, daybreak.copy,
        daybreak.version, daybreak.read_model, daybreak.migration restrict;
${keepSchema ? '' : '      drop schema daybreak restrict;\n'}    end if;
  end if;
exception when dependent_objects_still_exist then
  null; -- somebody built on it`,
};
