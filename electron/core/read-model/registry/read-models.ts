import type { Freshness } from '../../../../shared/model/freshness.ts';
import { freshnessState } from '../../../../shared/model/freshness.ts';
import { Failure } from '../../../../shared/model/failure.ts';
import type { ReadModel } from '../../../../shared/model/read-model.ts';
import { readCopies, readViewBody } from '../../postgres/queries/catalog-copies.ts';
import { readGrantees, readRelation, readRoleRights } from '../../postgres/queries/catalog-stable-name.ts';
import type { Server, Sql } from '../../postgres/session.ts';
import type { Clock } from '../../ports.ts';
import { lastRunOf } from '../refresh/run-rows.ts';
import { readersOfOldVersions } from '../soak/still-read.ts';
import { writerLockKey } from '../sql/locks.ts';
import { smallestBudget } from '../sql/view-comment.ts';
import { driftOf } from './drift.ts';
import { installedMigrations } from './migrations.ts';
import { childrenOf } from '../plan/dependencies.ts';
import { builtOn, readRegistry, type RegistryModel } from './read-registry.ts';
import { rewrittenCopies } from './rewritten-copies.ts';

/** All read models of the database; empty where no registry is installed. Reads only. */
export async function listReadModels(server: Server, clock: Clock): Promise<ReadModel[]> {
  return server.withReadonly((session) =>
    session.snapshot(async (sql) => {
      if ((await installedMigrations(sql)) === null) return [];
      const registered = await readRegistry(sql);
      const models: ReadModel[] = [];
      for (const model of registered) models.push(await inFull(sql, server, clock, model, registered));
      return models;
    }),
  );
}

/** Throws `not_found`. */
export async function getReadModel(server: Server, name: string, clock: Clock): Promise<ReadModel> {
  return server.withReadonly((session) =>
    session.snapshot(async (sql) => {
      const models = (await installedMigrations(sql)) === null ? [] : await readRegistry(sql);
      const model = models.find((one) => one.name === name);
      if (model !== undefined) return inFull(sql, server, clock, model, models);
      throw new Failure({
        code: 'not_found',
        message: `There is no read model ${name} in database ${server.facts.databaseName}. See the list of read models.`,
      });
    }),
  );
}

async function inFull(
  sql: Sql,
  server: Server,
  clock: Clock,
  model: RegistryModel,
  models: readonly RegistryModel[],
): Promise<ReadModel> {
  const names = model.versions.flatMap(({ copies }) => copies.map(({ copyId }) => copyId));
  const copies = await readCopies(sql, model.schema, names);
  const relation = await readRelation(sql, model.schema, model.name);
  const body = relation?.kind === 'v' ? await readViewBody(sql, relation.oid) : { reads: [], text: '' };
  const grantees = relation === null ? [] : await readGrantees(sql, model.schema, model.name);
  const readers = await readRoleRights(sql, model.schema, model.name, model.readers);
  const stillRead = await readersOfOldVersions(sql, model, server.facts.versionNumber);
  const lastRun = await lastRunOf(sql, model.name);
  const refreshing = lastRun?.state === 'running' && (await isLocked(sql, model.name));
  const current = model.versions.find(({ state }) => state === 'current') ?? null;
  const live = current?.copies.find(({ slot }) => slot === current.liveSlot);
  const asOf = live?.asOf ?? null;
  const written = live === undefined || model.suspended !== null ? [] : [live.copyId];
  return {
    name: model.name,
    schema: model.schema,
    question: model.question,
    owner: model.owner,
    budget: smallestBudget(model.consumers),
    refreshMode: model.refreshMode,
    currentVersion: current?.version ?? null,
    freshness: freshnessOf(model, asOf, clock.nowMs() + server.facts.clockSkewMs, refreshing),
    consumers: [...model.consumers],
    versions: model.versions.map((version) => ({
      version: version.version,
      definitionSql: version.definitionSql,
      keyColumns: [...version.keyColumns],
      columns: [...version.columns],
      period: version.period,
      verification: version.verification,
      stillRead: stillRead[version.version] ?? null,
      state: version.state,
      createdAtMs: version.createdAtMs,
      copies: version.copies.map((copy) => ({
        copyId: copy.copyId,
        slot: copy.slot,
        relation: copy.copyId,
        asOf: copy.asOf,
        rows: copy.rows,
        sizeBytes: copies.find(({ name }) => name === copy.copyId)?.sizeBytes ?? null,
      })),
    })),
    lastRun,
    parents: [...builtOn(model).parents],
    children: childrenOf(model.name, models),
    suspended: model.suspended,
    drift: driftOf(model, {
      view: relation === null ? null : { ...relation, ...body },
      copies,
      rewritten: await rewrittenCopies(sql, model.schema, written, server.facts.versionNumber),
      grantees,
      readers,
      role: server.facts.roleName,
    }),
  };
}

function freshnessOf(model: RegistryModel, asOf: string | null, nowMs: number, refreshing: boolean): Freshness {
  const budget = smallestBudget(model.consumers);
  if (refreshing) return { asOf, source: 'live', state: 'refreshing', reason: 'a refresh is running' };
  if (model.suspended !== null && asOf !== null) {
    return { asOf, source: 'live', state: 'stale', reason: 'it is suspended while the ERP is upgraded' };
  }
  if (asOf === null) return { asOf, source: 'live', state: 'unknown', reason: 'it was never filled' };
  if (budget === null)
    return { asOf, source: 'live', state: 'fresh', reason: 'nobody has given it a freshness budget' };
  return { asOf, source: 'live', state: freshnessState(Date.parse(asOf), budget, nowMs, false) };
}

/** Somebody holds the writer lock: what calls itself running is running. */
async function isLocked(sql: Sql, name: string): Promise<boolean> {
  const [row] = await sql.query<{ locked: boolean }>(
    `select exists (
      select from pg_locks l join pg_database d on d.oid = l.database and d.datname = current_database()
      where l.locktype = 'advisory' and l.granted and l.objsubid = 1
        and ((l.classid::bigint << 32) | l.objid::bigint) = ${writerLockKey(name)}) as locked`,
  );
  return row?.locked ?? false;
}
