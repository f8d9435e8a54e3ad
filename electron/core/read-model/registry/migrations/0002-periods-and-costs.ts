import type { RegistryMigration } from '../migrations.ts';

/**
 * How a read model shall be refreshed, how a version is cut into periods, and what its refreshes wrote. Breaking: the copies of a version with a period are
 * tables, which an older Daybreak would try to refresh as materialized views.
 */
export const periodsAndCosts: RegistryMigration = {
  migration: 2,
  breaking: true,
  name: 'periods and costs',
  statements: [
    `alter table daybreak.read_model
  add column refresh_mode text -- what a person wants; null: Daybreak chooses`,
    `alter table daybreak.version
  add column period jsonb -- {column, grain, timeZone, openPeriods}; null: every refresh recomputes all of it`,
    `alter table daybreak.run
  add column reason text, -- why this mode
  add column rows_inserted bigint,
  add column rows_updated bigint,
  add column rows_deleted bigint,
  add column wal_bytes bigint,
  add column temp_bytes bigint`,
  ],
  // Taken back only where nothing has been written into it: whoever used it in the meantime keeps it.
  undo: () => `if exists (select from pg_attribute where attrelid = to_regclass('daybreak.version') and attname = 'period' and not attisdropped) then
    lock table daybreak.read_model, daybreak.version, daybreak.run in access exclusive mode;
    if not exists (select from daybreak.read_model where refresh_mode is not null)
      and not exists (select from daybreak.version where period is not null)
      and not exists (select from daybreak.run where reason is not null) then
      alter table daybreak.read_model drop column refresh_mode;
      alter table daybreak.version drop column period;
      alter table daybreak.run drop column reason, drop column rows_inserted, drop column rows_updated,
        drop column rows_deleted, drop column wal_bytes, drop column temp_bytes;
      delete from daybreak.migration where migration = 2;
    end if;
  end if;`,
};
