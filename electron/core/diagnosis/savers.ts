import type { Catalog } from './catalog.ts';
import { isSaving } from './roles.ts';

export type IsSaver = (databaseName: string | null, roleName: string | null) => boolean;

const known = new WeakMap<Catalog, IsSaver>();

/** Who saves: databases and roles with OLTP writes. A verdict asks a dozen times. */
export function saversOf(catalog: Catalog): IsSaver {
  let savers = known.get(catalog);
  if (savers === undefined) known.set(catalog, (savers = findSavers(catalog)));
  return savers;
}

function findSavers(catalog: Catalog): IsSaver {
  const keyOf = (databaseName: string | null, roleName: string | null) => `${databaseName ?? ''}\n${roleName ?? ''}`;
  const savers = new Set(
    catalog.groups
      .filter(isSaving)
      .flatMap(({ statement, roleNames }) => roleNames.map((role) => keyOf(statement.databaseName, role))),
  );
  return (databaseName, roleName) => savers.has(keyOf(databaseName, roleName));
}
