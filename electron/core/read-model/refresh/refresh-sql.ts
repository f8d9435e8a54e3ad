import { qualifiedDefinition } from '../../postgres/queries/catalog-copies.ts';
import { quoteLiteral } from '../../postgres/quote.ts';
import type { RefreshSession } from '../../postgres/session.ts';
import {
  analyzeCopySql,
  createCopySql,
  fillCopySql,
  keyIndexSql,
  refuseNullKeysSql,
  setAsOfSql,
} from '../sql/copies.ts';
import { flipLockTimeout, takeXactLock, writerLockKey } from '../sql/locks.ts';
import { copyRelation } from '../sql/names.ts';
import { insertCopySql } from '../sql/registry-rows.ts';
import { stableViewSql } from '../sql/stable-view.ts';
import type { RefreshTarget } from './refresh-target.ts';

/** The run is done, in the transaction that makes its rows visible. */
const endRun = (runId: string, copy: string): string =>
  `update daybreak.run r set state = 'done', ended_at = clock_timestamp(), as_of = c.data_as_of, row_count = c.row_count
from daybreak.copy c where r.run_id = ${quoteLiteral(runId)} and c.copy_id = ${quoteLiteral(copy)}`;

/** In place: readers see the old rows until the commit, then the new rows with the new as-of. */
export function concurrentSql({ model, version, live }: RefreshTarget, runId: string): string[] {
  return [
    `refresh materialized view concurrently ${copyRelation(model.schema, live.copy)}`,
    refuseNullKeysSql(model.schema, live.copy, version.keyColumns),
    setAsOfSql(model.schema, live.copy, version.parents),
    endRun(runId, live.copy),
  ];
}

/** The hidden copy, from the live one's own query: both slots of a version hold the same definition, name by name. */
export async function createHiddenSql(session: RefreshSession, target: RefreshTarget): Promise<string[]> {
  const { model, version, live, hidden } = target;
  const registered = version.copies.some(({ slot }) => slot === hidden.slot);
  const register = registered ? [] : [insertCopySql(hidden.copy, model.name, version.version, hidden.slot)];
  if (hidden.exists) return register;
  const definition = await session.transaction((sql) =>
    qualifiedDefinition(sql, copyRelation(model.schema, live.copy)),
  );
  return [
    // As the definition was printed: names without a schema are PostgreSQL's own.
    'set local search_path = pg_catalog',
    ...register,
    createCopySql(model.schema, hidden.copy, definition),
  ];
}

/** Plain, because nobody reads the hidden copy: a third of the time, and no bloat. */
export function fillHiddenSql({ model, version, hidden }: RefreshTarget): string[] {
  const { schema } = model;
  return [
    fillCopySql(schema, hidden.copy),
    refuseNullKeysSql(schema, hidden.copy, version.keyColumns),
    ...(hidden.hasKey ? [] : [keyIndexSql(schema, hidden.copy, version.keyColumns)]),
    setAsOfSql(schema, hidden.copy, version.parents),
    analyzeCopySql(schema, hidden.copy),
  ];
}

/** From now on readers see the other slot, and its as-of with it. */
export function flipSql({ model, version, hidden, view }: RefreshTarget, runId: string): string[] {
  return [
    flipLockTimeout,
    takeXactLock(writerLockKey(model.name)),
    stableViewSql(
      {
        schema: model.schema,
        name: model.name,
        copy: hidden.copy,
        versionColumns: version.columns,
        viewColumns: view.columns,
        options: view.options,
      },
      { replace: true },
    ),
    `update daybreak.version set live_slot = '${hidden.slot}'
where read_model = ${quoteLiteral(model.name)} and version = ${version.version} and state = 'current'`,
    endRun(runId, hidden.copy),
  ];
}
