import { registryMigrations } from '../../electron/core/read-model/registry/migrations.ts';

/** What later steps keep is in the way of taking them back: whoever used them keeps them. */
const forgetUse = `do $forget$ begin
  if to_regclass('daybreak.alert_episode') is not null then delete from daybreak.alert_episode; end if;
  if to_regclass('daybreak.schedule') is not null then
    delete from daybreak.schedule; delete from daybreak.calendar; delete from daybreak.run;
  end if;
end $forget$`;

/** Makes a registry what a Daybreak left that knew no later step; in one transaction, so that a runner does not use it meanwhile. */
export async function takeRegistryBackTo(step: number, query: (sql: string) => Promise<unknown>): Promise<void> {
  const later = registryMigrations.filter(({ migration }) => migration > step);
  const undo = later.toReversed().map((one) => `do $undo$ begin ${one.undo(true)} end $undo$`);
  await query([forgetUse, ...undo].join(';\n'));
}
