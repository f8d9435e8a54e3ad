import type { Catalog } from './catalog.ts';
import { isSaving } from './roles.ts';

/** Who saves: databases and roles with OLTP writes. */
export function saversOf(catalog: Catalog): (databaseName: string | null, roleName: string | null) => boolean {
  const keyOf = (databaseName: string | null, roleName: string | null) => `${databaseName ?? ''}\n${roleName ?? ''}`;
  const savers = new Set(
    catalog.groups
      .filter(isSaving)
      .flatMap(({ statement, roleNames }) => roleNames.map((role) => keyOf(statement.databaseName, role))),
  );
  return (databaseName, roleName) => savers.has(keyOf(databaseName, roleName));
}
