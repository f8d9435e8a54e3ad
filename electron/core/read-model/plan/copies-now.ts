import { copyKindOf, dropCopySql } from '../sql/copies.ts';
import type { CatalogFacts, RegisteredVersion } from './catalog-facts.ts';

/** Drops the copies of a version as what they are: a suspension may have left a plain table of a materialized view. */
export const dropCopiesSql = (
  { keptTables = [] }: Pick<CatalogFacts, 'keptTables'>,
  schema: string,
  { copies, period }: Pick<RegisteredVersion, 'copies' | 'period'>,
): string[] =>
  copies.map((copy) => dropCopySql(keptTables.includes(copy) ? 'table' : copyKindOf(period), schema, copy));
