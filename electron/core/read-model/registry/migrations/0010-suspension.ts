import type { RegistryMigration } from '../migrations.ts';

/**
 * That a read model is suspended, and the options its stable view had when Daybreak last wrote it. Breaking: the copy of
 * a suspended model is a plain table, which an older Daybreak would try to refresh as a materialized view.
 */
export const suspension: RegistryMigration = {
  migration: 10,
  breaking: true,
  name: 'suspension',
  statements: [
    `alter table daybreak.read_model
  add column suspended_at timestamptz, -- null: it is refreshed
  add column suspended_by text,
  add column view_options text[] -- reloptions of the stable view; null: not known`,
  ],
  // Taken back only where nothing has been written into it: whoever used it in the meantime keeps it.
  undo: () => `if exists (select from pg_attribute where attrelid = to_regclass('daybreak.read_model') and attname = 'suspended_at' and not attisdropped) then
    lock table daybreak.read_model in access exclusive mode;
    if not exists (select from daybreak.read_model where suspended_at is not null or view_options is not null) then
      alter table daybreak.read_model drop column suspended_at, drop column suspended_by, drop column view_options;
      delete from daybreak.migration where migration = 10;
    end if;
  end if;`,
};
