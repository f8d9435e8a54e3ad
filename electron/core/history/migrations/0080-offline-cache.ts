/**
 * Results by filters and by version of their read model, sealed where the person asks for it, under a cap for all of
 * them (docs/decisions/0027). Those of opened packs (`pack`) stay as long as the pack.
 */
export const offlineCache = {
  version: 80,
  name: 'offline cache',
  sql: `
    -- '': without filters
    alter table widget_result add column filter_key text not null default '';
    alter table widget_result add column model_version integer;
    -- of the body; a higher one than this Daybreak knows is left alone
    alter table widget_result add column format integer not null default 1;
    -- key id; null: the body lies open
    alter table widget_result add column sealed_with text;
    alter table widget_result add column size_bytes integer not null default 0;
    alter table widget_result add column pack integer not null default 0;
    update widget_result set size_bytes = length(body);
    drop index widget_result_latest;
    create index widget_result_latest
      on widget_result (dashboard_key, widget_id, source_hash, filter_key, result_id);
    drop index widget_result_age;
    -- covers the sum of sizes, which is asked for with every result
    create index widget_result_age on widget_result (pack, stored_at_ms, size_bytes);
    create index widget_result_seal on widget_result (sealed_with);

    -- rows of read models that are small enough to answer a filter from
    create table model_rows (
      server_key integer not null references server,
      read_model text not null,
      model_version integer,
      as_of text,
      stored_at_ms real not null,
      format integer not null default 1,
      sealed_with text,
      size_bytes integer not null,
      pack integer not null default 0,
      -- as in widget_result
      body blob not null,
      primary key (server_key, read_model)
    ) strict;

    -- one row: limits, and who keeps the key, as JSON
    create table offline_cache (
      only_row integer primary key check (only_row = 1),
      body text not null
    ) strict;
  `,
} as const;
