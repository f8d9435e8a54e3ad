import type { Period } from '../../../../shared/model/period.ts';
import { qualifiedDefinition, readIndexesBut } from '../../postgres/queries/catalog-copies.ts';
import { qualifiedName, quoteLiteral } from '../../postgres/quote.ts';
import type { RefreshSession } from '../../postgres/session.ts';
import {
  analyzeCopySql,
  createCopySql,
  dropCopySql,
  fillCopySql,
  giveCopySql,
  inPeriodOrder,
  keySql,
  refuseNullKeysSql,
  setAsOfSql,
  settleKeySql,
} from '../sql/copies.ts';
import { grantsSql } from '../sql/grants.ts';
import { doBlock } from '../sql/dollar-quote.ts';
import { commitAtOnce, flipLockTimeout, takeXactLock, writerLockKey } from '../sql/locks.ts';
import { copyRelation, keyIndexName } from '../sql/names.ts';
import { insertCopySql } from '../sql/registry-rows.ts';
import { stableViewSql } from '../sql/stable-view.ts';
import { requireOptionsSql } from '../sql/view-options.ts';
import { mergeSql, type Merge } from './merge-sql.ts';
import type { RefreshTarget } from './refresh-target.ts';
import { allRowsWrittenSql, rememberWrittenSql, rowsWrittenSql } from './rows-written.ts';

/** The run is done, in the transaction that makes its rows visible. */
const endRun = (runId: string, copy: string): string =>
  `update daybreak.run r set state = 'done', ended_at = clock_timestamp(), as_of = c.data_as_of, row_count = c.row_count
from daybreak.copy c where r.run_id = ${quoteLiteral(runId)} and c.copy_id = ${quoteLiteral(copy)}`;

/** In place: readers see the old rows until the commit, then the new rows with the new as-of. */
export function concurrentSql({ model, version, live }: RefreshTarget, runId: string): string[] {
  const { schema } = model;
  return [
    rememberWrittenSql(schema, live.copy),
    `refresh materialized view concurrently ${copyRelation(schema, live.copy)}`,
    rowsWrittenSql(schema, live.copy),
    refuseNullKeysSql(schema, live.copy, version.keyColumns),
    setAsOfSql(schema, live.copy, version.parents),
    endRun(runId, live.copy),
  ];
}

/** In place and blocking: who reads waits for the end. The lock itself is not waited for, so that nobody queues behind. */
export function fullSql({ model, version, live }: RefreshTarget, runId: string): string[] {
  const { schema } = model;
  return [
    flipLockTimeout,
    fillCopySql(schema, live.copy),
    ...settleKeySql(schema, live.copy, version.keyColumns),
    setAsOfSql(schema, live.copy, version.parents),
    allRowsWrittenSql(live.copy),
    endRun(runId, live.copy),
  ];
}

/** In place: the dirty periods alone. */
export function byPeriodSql(
  { model, version, live }: RefreshTarget,
  runId: string,
  dirty: Pick<Merge, 'period' | 'definitionSql' | 'from'>,
): string[] {
  const { columns, keyColumns, parents } = version;
  return [
    mergeSql({ ...dirty, schema: model.schema, copy: live.copy, columns, keyColumns, parents }),
    endRun(runId, live.copy),
  ];
}

/** The hidden copy, from the live one's own query: both slots of a version hold the same definition, name by name. */
export async function createHiddenSql(session: RefreshSession, target: RefreshTarget): Promise<string[]> {
  const { model, live, hidden, view } = target;
  const register = registerHiddenSql(target);
  const indexes = await missingIndexesSql(session, target);
  if (hidden.exists) return [...register, ...indexes];
  const definition = await session.transaction((sql) =>
    qualifiedDefinition(sql, copyRelation(model.schema, live.copy)),
  );
  return [
    // As the definition was printed: names without a schema are PostgreSQL's own.
    'set local search_path = pg_catalog',
    ...register,
    createCopySql('materialized view', model.schema, hidden.copy, definition),
    ...giveCopySql('materialized view', model.schema, hidden.copy, view.otherOwner),
    ...grantsSql(model.schema, hidden.copy, live.grants),
    ...indexes,
  ];
}

/**
 * The indexes beside the key that readers have now and the hidden copy lacks, so that nobody reads slower after the flip.
 * `anew`: the hidden copy is made again, and has none.
 */
export async function missingIndexesSql(
  session: RefreshSession,
  { model, live, hidden }: RefreshTarget,
  anew = !hidden.exists,
): Promise<string[]> {
  const indexesOf = (copy: string) =>
    session.transaction((sql) => readIndexesBut(sql, model.schema, copy, keyIndexName(copy)));
  const wanted = await indexesOf(live.copy);
  const there = anew || wanted.length === 0 ? [] : await indexesOf(hidden.copy);
  return wanted
    .filter((index) => !there.some((one) => one.unique === index.unique && one.definition === index.definition))
    .map(
      ({ unique, definition }) =>
        `create ${unique ? 'unique ' : ''}index on ${copyRelation(model.schema, hidden.copy)} ${definition}`,
    );
}

/** Plain, because nobody reads the hidden copy: a third of the time, and no bloat. */
export function fillHiddenSql({ model, version, hidden }: RefreshTarget): string[] {
  const { schema } = model;
  const { keyColumns, parents } = version;
  return [
    fillCopySql(schema, hidden.copy),
    ...settleKeySql(schema, hidden.copy, keyColumns),
    setAsOfSql(schema, hidden.copy, parents),
    allRowsWrittenSql(hidden.copy),
    analyzeCopySql(schema, hidden.copy),
  ];
}

/** A hidden table is made anew: that is faster than emptying it, and leaves no dead rows. */
export function makeHiddenTableSql(target: RefreshTarget, period: Period, indexes: readonly string[]): string[] {
  const { model, version, live, hidden, view } = target;
  const { schema } = model;
  const { definitionSql, keyColumns, parents } = version;
  return [
    ...registerHiddenSql(target),
    dropCopySql('table', schema, hidden.copy),
    // With its data at once: INSERT takes no parallel plan, and CREATE TABLE AS does.
    `create table ${copyRelation(schema, hidden.copy)} as\n${inPeriodOrder(definitionSql, keyColumns, period)}`,
    ...giveCopySql('table', schema, hidden.copy, view.otherOwner),
    ...grantsSql(schema, hidden.copy, live.grants),
    ...keySql(schema, hidden.copy, keyColumns, period),
    ...indexes,
    setAsOfSql(schema, hidden.copy, parents),
    allRowsWrittenSql(hidden.copy),
    analyzeCopySql(schema, hidden.copy),
  ];
}

function registerHiddenSql({ model, version, hidden }: RefreshTarget): string[] {
  const registered = version.copies.some(({ slot }) => slot === hidden.slot);
  return registered ? [] : [insertCopySql(hidden.copy, model.name, version.version, hidden.slot)];
}

/** What somebody dropped while the hidden copy was filled is not brought back without its rights and dependents. */
function requireViewSql(schema: string, name: string, oid: string): string {
  const view = qualifiedName(schema, name);
  return doBlock(
    'verify_view',
    '',
    `  if to_regclass(${quoteLiteral(view)})::oid is distinct from ${oid} then
    raise exception using errcode = 'undefined_table',
      message = ${quoteLiteral(`The stable view ${view} was dropped while it was refreshed, or was replaced. Build a new version of the read model, which puts it right`)};
  end if;`,
  );
}

/** From now on readers see the other slot, and its as-of with it. */
export function flipSql({ model, version, hidden, view }: RefreshTarget, runId: string): string[] {
  return [
    flipLockTimeout,
    takeXactLock(writerLockKey(model.name)),
    commitAtOnce,
    `update daybreak.version set live_slot = '${hidden.slot}'
where read_model = ${quoteLiteral(model.name)} and version = ${version.version} and state = 'current'`,
    endRun(runId, hidden.copy),
    requireViewSql(model.schema, model.name, view.oid),
    requireOptionsSql(model.schema, model.name, view.options),
    // Last, so that readers wait for no more than this and the commit.
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
  ];
}
