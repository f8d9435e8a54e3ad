import type { Server } from '../../postgres/session.ts';
import { installedMigrations } from './migrations.ts';
import { readRegistry, type RegistryModel } from './read-registry.ts';

/** What is registered in a database, at one snapshot; `installed` is null where no registry is. */
export function lookUpRegistry(
  server: Server,
): Promise<{ readonly installed: readonly number[] | null; readonly models: readonly RegistryModel[] }> {
  return server.withReadonly((session) =>
    session.snapshot(async (sql) => {
      const installed = await installedMigrations(sql);
      return { installed, models: installed === null ? [] : await readRegistry(sql) };
    }),
  );
}
