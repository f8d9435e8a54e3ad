import type { RegistryMigration } from '../migrations.ts';

/**
 * A consumer whose number counts until the next night's refresh. An older Daybreak reads budget_minutes, a day, and is
 * not far off.
 */
export const nightly: RegistryMigration = {
  migration: 30,
  breaking: false,
  name: 'nightly budgets',
  statements: [
    `alter table daybreak.consumer
  add column nightly jsonb -- {at, timeZone}; null: budget_minutes is the whole budget`,
  ],
  // Taken back only where nothing has been written into it: whoever used it in the meantime keeps it.
  undo: () => `if exists (select from pg_attribute where attrelid = to_regclass('daybreak.consumer') and attname = 'nightly' and not attisdropped) then
    lock table daybreak.consumer in access exclusive mode;
    if not exists (select from daybreak.consumer where nightly is not null) then
      alter table daybreak.consumer drop column nightly;
      delete from daybreak.migration where migration = 30;
    end if;
  end if;`,
};
