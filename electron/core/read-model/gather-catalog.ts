import { isFailure } from '../../../shared/model/failure.ts';
import type { Column } from '../../../shared/model/read-model.ts';
import { readBuildRights } from '../postgres/queries/catalog-build-rights.ts';
import { readIndexesBut } from '../postgres/queries/catalog-copies.ts';
import { readGrants } from '../postgres/queries/catalog-grants.ts';
import { readDependents, readRelation, readRoleRights } from '../postgres/queries/catalog-stable-name.ts';
import { readViewWithDependents } from '../postgres/queries/catalog-view-as-is.ts';
import { qualifiedName, quoteIdent } from '../postgres/quote.ts';
import type { Sql } from '../postgres/session.ts';
import type { CatalogFacts, PreparationStep, RegisteredVersion, ServedNow } from './plan/catalog-facts.ts';
import { childrenOf, cycleThrough } from './plan/dependencies.ts';
import { describeColumns, withCollations } from './propose/describe-columns.ts';
import { installedMigrations, missingMigrations } from './registry/migrations.ts';
import { suspension } from './registry/migrations/0010-suspension.ts';
import { builtOn, plannedPart, readRegistry } from './registry/read-registry.ts';
import { doBlock } from './sql/dollar-quote.ts';
import { registryTables } from './sql/freeze.ts';
import { installLockKey, takeXactLock } from './sql/locks.ts';
import { copyName, keyIndexName, registrySchema } from './sql/names.ts';

export interface GatherInput {
  readonly schema: string;
  readonly readModel: string;
  /** Of the definition, described just now; null for plans without one. */
  readonly definitionColumns: readonly Column[] | null;
  /** Qualified names of the relations that the definition reads. */
  readonly baseTables: readonly string[];
  /** The stable view is to be made anew, so all that hangs on it is read, too. */
  readonly replacesView: boolean;
  /** Roles that shall read the stable name, beside those that are registered. */
  readonly grantTo: readonly string[];
}

/** Everything that a plan for one read model rests on. Reads only; run it in one snapshot. */
export async function gatherCatalog(sql: Sql, input: GatherInput): Promise<CatalogFacts> {
  const { schema, readModel, definitionColumns, baseTables, grantTo } = input;
  const { role, database, ...rights } = await readBuildRights(sql, schema);
  const installed = await installedMigrations(sql);
  const models = installed === null ? [] : await readRegistry(sql);
  const registered = models.find(({ name }) => name === readModel) ?? null;
  const live = registered?.versions.find(({ state }) => state === 'current');
  const relation = await readRelation(sql, schema, readModel);
  const copies = await readCopyRelations(sql, schema, readModel);
  const copyNames = copies.map(({ name }) => name);
  const liveCopy = live === undefined ? null : copyName(readModel, live.version, live.liveSlot);
  const roles = [...new Set([...(registered?.readers ?? []), ...grantTo])].toSorted();
  const [asOf, ...columns] = relation?.columns ?? [];
  const reads = models.filter((model) => baseTables.includes(qualifiedName(model.schema, model.name)));
  const parents = reads.filter((model) => model.name !== readModel);
  const children = childrenOf(readModel, models);
  const cycle = cycleThrough(
    readModel,
    reads.map(({ name }) => name),
    models.map(builtOn),
  );
  const keptTables = copies
    .filter(({ name, kind }) => kind === 'r' && unperioded(registered?.versions ?? []).includes(name))
    .map(({ name }) => name);
  const liveIndexes = liveCopy === null ? [] : await readIndexesBut(sql, schema, liveCopy, keyIndexName(liveCopy));
  const servedNow =
    live === undefined || definitionColumns === null || registered?.suspended != null
      ? null
      : await readServedNow(sql, live);
  return {
    role,
    database,
    rights,
    model: registered === null ? null : plannedPart(registered),
    stableName:
      relation === null
        ? null
        : {
            kind: relation.kind,
            columns,
            firstColumn: asOf?.name ?? null,
            options: relation.options,
            comment: relation.comment,
            ownedByUs: relation.ownedByUs,
            otherOwner: relation.otherOwner,
            dependents: (await readDependents(sql, schema, [readModel], [])).map(({ dependent }) => dependent),
          },
    copyNames,
    copyDependents: (await readDependents(sql, schema, copyNames, relation === null ? [] : [relation.oid])).map(
      ({ relation: copy, dependent }) => ({ copy, dependent }),
    ),
    carried: input.replacesView && relation?.kind === 'v' ? await readCarried(sql, schema, readModel) : null,
    liveCopyGrants: liveCopy === null ? [] : await readGrants(sql, schema, liveCopy),
    ...(liveIndexes.length === 0 ? {} : { liveIndexes }),
    ...(keptTables.length === 0 ? {} : { keptTables }),
    ...(servedNow === null ? {} : { servedNow }),
    definitionColumns,
    parents: parents.map(({ name }) => name),
    ...(children.length === 0 ? {} : { children }),
    ...(cycle === null ? {} : { cycle }),
    keepsOptions: installed?.includes(suspension.migration) ?? false,
    roles: await readRoleRights(sql, schema, readModel, roles),
    preparation: [
      ...missingMigrations(installed ?? [], rights.writesRegistry !== null).map((script) => ({
        title:
          script.migration === 1
            ? "Install Daybreak's registry in schema daybreak"
            : `Bring Daybreak's registry up to date (${script.migration}, ${script.name})`,
        ...script,
      })),
      ...(rights.createInSchema === null ? [createSchema(schema)] : []),
    ],
  };
}

async function readCarried(sql: Sql, schema: string, readModel: string): Promise<CatalogFacts['carried']> {
  const found = await readViewWithDependents(sql, schema, readModel);
  if (found === null) return null;
  const { view, dependents, others } = found;
  const foreign = dependents.filter(({ ownedByUs }) => !ownedByUs);
  return {
    view,
    dependents,
    others,
    foreign: foreign.map((one) => `view ${qualifiedName(one.schema, one.name)}, which belongs to ${one.owner}`),
  };
}

/** What a plan for the whole registry rests on: every model, and what else reads the registry. */
export async function gatherRegistry(sql: Sql): Promise<CatalogFacts> {
  const facts = await gatherCatalog(sql, {
    schema: registrySchema,
    readModel: registrySchema,
    definitionColumns: null,
    baseTables: [],
    replacesView: false,
    grantTo: [],
  });
  if (facts.rights.writesRegistry === null) return facts;
  const models = (await readRegistry(sql)).map(plannedPart);
  const stable = new Set(models.map(({ schema, name }) => `view ${qualifiedName(schema, name)}`));
  const readers = (await readDependents(sql, registrySchema, [...registryTables], [])).map(
    ({ dependent }) => dependent,
  );
  const dependents = [...new Set(readers)].filter((dependent) => !stable.has(dependent));
  return { ...facts, registry: { models, dependents } };
}

const createSchema = (schema: string): PreparationStep => ({
  title: `Create the schema ${schema}`,
  sql: [takeXactLock(installLockKey), `create schema ${quoteIdent(schema)}`],
  undoSql: [
    takeXactLock(installLockKey),
    // Somebody else's relations in it are a reason to keep it, not an error.
    doBlock(
      'undo',
      '',
      `  drop schema if exists ${quoteIdent(schema)} restrict;\nexception when dependent_objects_still_exist then\n  null;`,
    ),
  ],
});

/** Copies that are materialized views, unless a suspension put a table in their place. */
const unperioded = (
  versions: readonly { period: RegisteredVersion['period']; copies: readonly { copyId: string }[] }[],
) => versions.flatMap(({ period, copies }) => (period === null ? copies.map(({ copyId }) => copyId) : []));

/** What the definition gives now; null where it is what the registry says. The transaction goes on, whatever it gives. */
async function readServedNow(
  sql: Sql,
  { definitionSql, columns }: Pick<RegisteredVersion, 'definitionSql' | 'columns'>,
): Promise<ServedNow | null> {
  await sql.query('savepoint daybreak_served');
  try {
    const now = await withCollations(sql, definitionSql, await describeColumns(sql, definitionSql));
    const asBefore = (column: Column, at: number) =>
      now[at]?.name === column.name &&
      now[at].type === column.type &&
      (column.collation === undefined || (now[at].collation ?? null) === column.collation);
    return now.length === columns.length && columns.every(asBefore) ? null : { columns: now, problem: null };
  } catch (error) {
    if (!isFailure(error) || !aboutTables.has(error.value.code)) throw error;
    // The server's own words: they are a part of what the plan's hash covers.
    return { columns: null, problem: error.cause instanceof Error ? error.cause.message : error.message };
  } finally {
    await sql.query('rollback to savepoint daybreak_served').catch(() => undefined);
  }
}

const aboutTables: ReadonlySet<string> = new Set(['server_error', 'statement_refused', 'permission_denied']);

/** Relations in the schema that are named like a copy of this model. */
async function readCopyRelations(
  sql: Sql,
  schema: string,
  readModel: string,
): Promise<{ readonly name: string; readonly kind: string }[]> {
  return sql.query<{ name: string; kind: string }>(
    `select c.relname::text as name, c.relkind::text as kind from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = $1 and c.relkind in ('r', 'v', 'm', 'f', 'p') and c.relname ~ ('^' || $2 || '_v[0-9]+_[ab]$')
    order by c.relname collate "C"`,
    [schema, readModel],
  );
}
