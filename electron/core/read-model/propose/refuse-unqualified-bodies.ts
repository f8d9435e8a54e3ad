import type { FoundFunction } from '../../postgres/queries/catalog-definition.ts';
import { unqualifiedBodies } from '../../postgres/queries/function-bodies.ts';
import type { Sql } from '../../postgres/session.ts';
import { refuse } from './parse-select.ts';

/** From here on a refresh runs with search_path = pg_catalog, pg_temp. */
const narrowedVersion = 170_000;

/**
 * Throws `statement_refused` for a function whose body finds its tables by search_path: on PostgreSQL 17 and later the
 * fill would fail, and every refresh after it. Call it last in a snapshot, whose search_path it narrows.
 */
export async function refuseUnqualifiedBodies(
  sql: Sql,
  functions: readonly FoundFunction[],
  versionNumber: number,
): Promise<void> {
  const unset = functions.filter(({ interpreted, setsSearchPath }) => interpreted && !setsSearchPath);
  if (versionNumber < narrowedVersion || unset.length === 0) return;
  const [first] = await unqualifiedBodies(
    sql,
    unset.map(({ signature }) => signature),
  );
  if (first === undefined) return;
  const schema = unset.find(({ signature }) => signature === first.signature)?.foundSchema ?? '...';
  throw refuse(
    `The definition calls ${first.signature}, whose body finds its tables by search_path (${first.why}). PostgreSQL 17 and later refresh with search_path = pg_catalog, pg_temp, where it fails. Have its owner fix that: alter function ${first.signature} set search_path = ${schema}, pg_catalog.`,
    first.signature,
  );
}
