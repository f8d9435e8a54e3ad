import { isFailure } from '../../../../shared/model/failure.ts';
import type { RunnerHeartbeat, SkipCalendar } from '../../../../shared/model/schedule.ts';
import { readServerClock } from '../../postgres/queries/server-facts.ts';
import { readSourceWrites } from '../../postgres/queries/source-writes.ts';
import type { WrittenName } from '../../postgres/queries/catalog-definition.ts';
import type { Server, Sql } from '../../postgres/session.ts';
import { decidingBudgets } from '../../schedule/decide/budgets.ts';
import type { ModelState } from '../../schedule/decide/tick-state.ts';
import { analyseSelect } from '../propose/analyse-select.ts';
import { parseSelect } from '../propose/parse-select.ts';
import { installedMigrations } from './migrations.ts';
import { readRegistry, type RegistryModel } from './read-registry.ts';
import { withoutRunner } from './schedule-state.ts';

/** What a watchdog has to know of a read model. */
export interface WatchedModel extends ModelState {
  /** Rows ever written in what it reads; null: not known. */
  readonly sourceWrites: number | null;
}

export interface WatchFacts {
  /** The server's clock as it said this, ms: what it says must not be held against any other. */
  readonly nowMs: number;
  readonly models: readonly WatchedModel[];
  /** When the server was started, on its clock, ms: before that nobody could report. */
  readonly upSinceMs: number;
  readonly runners: readonly RunnerHeartbeat[];
  readonly calendars: readonly SkipCalendar[];
}

/** What a registry says that knows schedules. */
export interface ScheduleFacts {
  readonly nowMs: number;
  readonly models: readonly ModelState[];
  readonly runners: readonly RunnerHeartbeat[];
  readonly calendars: readonly SkipCalendar[];
}

/** Null where the registry knows no schedules. */
export type ReadSchedules = (sql: Sql, installed: readonly number[]) => Promise<ScheduleFacts | null>;

/** As many runs back a trend is looked for. */
const rememberedRuns = 20;
const limits = { applicationName: 'daybreak alerts', statementTimeoutMs: 15_000, lockTimeoutMs: 2_000 } as const;

/**
 * What the registry and the statistics say, at one snapshot; null where there is no registry. Reads only, and no more than
 * any role with rights on the registry may: whoever looks needs no runner.
 */
export function readWatchFacts(
  server: Server,
  definitions: DefinitionSources,
  readSchedules: ReadSchedules,
): Promise<WatchFacts | null> {
  return server.withReadonly(
    (session) =>
      session.snapshot(async (sql) => {
        const installed = await installedMigrations(sql);
        if (installed === null) return null;
        const registered = await readRegistry(sql);
        const facts = (await readSchedules(sql, installed)) ?? (await byBudgets(sql, registered));
        const writes = await readWrites(sql, registered, definitions);
        return {
          ...facts,
          upSinceMs: await readUpSince(sql),
          models: facts.models.map((model) => ({
            ...model,
            sourceWrites: writes.get(model.readModel) ?? null,
          })),
        };
      }),
    limits,
  );
}

async function readUpSince(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ upSinceMs: number }>(
    `select (extract(epoch from pg_postmaster_start_time()) * 1000)::float8 as "upSinceMs"`,
  );
  return row?.upSinceMs ?? -Infinity;
}

/** Without schedules nobody refreshes but by hand; budgets are watched all the same. */
async function byBudgets(sql: Sql, registered: readonly RegistryModel[]): Promise<ScheduleFacts> {
  const runs = await readRuns(sql);
  return {
    nowMs: await readServerClock(sql),
    runners: [],
    calendars: [],
    models: registered.map((model) => ({ ...factsOf(model), ...(runs.get(model.name) ?? noRuns) })),
  };
}

function factsOf(model: RegistryModel) {
  const current = model.versions.find(({ state }) => state === 'current');
  const asOf = current?.copies.find(({ slot }) => slot === current.liveSlot)?.asOf ?? null;
  const asOfMs = asOf === null ? null : Date.parse(asOf);
  const aged = model.consumers.flatMap(({ consumer, budget }) => (budget === 'live' ? [] : [{ consumer, budget }]));
  return {
    readModel: model.name,
    owner: model.owner,
    budgets: decidingBudgets(aged),
    reads: current?.parents ?? [],
    suspended: model.suspended !== null,
    asOfMs,
    setAtMs: current?.createdAtMs ?? 0,
    lease: { readModel: model.name, epoch: 0, holder: null, heartbeatAtMs: null, deadlineMs: null },
    retryAtMs: null,
    askedAtMs: null,
    recentFailures: [],
    held: null,
    schedule: withoutRunner,
    paused: null,
    stopped: null,
    nextDueMs: null,
    sourceMovedAtMs: null,
  };
}

type Runs = Pick<
  ModelState,
  'durationsMs' | 'failures' | 'lastFailedMs' | 'lastError' | 'gaveUp' | 'lastStartedMs' | 'lastEndedMs' | 'running'
>;
const noRuns: Runs = {
  durationsMs: [],
  failures: 0,
  lastFailedMs: null,
  lastError: null,
  gaveUp: false,
  lastStartedMs: null,
  lastEndedMs: null,
  running: null,
};

interface RunsRow extends Omit<Runs, 'running' | 'gaveUp'> {
  readonly readModel: string;
  readonly running: { readonly runId: string; readonly runner: string; readonly startedAtMs: number } | null;
}

/** What a run may use, and whether it shall end, is no matter of the watchdog. */
const notLookedAt = { effort: { workers: 0 }, cancelAsked: null } as const;

/** So many failures in a row are no accident any more. */
const failuresToTell = 3;

async function readRuns(sql: Sql): Promise<ReadonlyMap<string, Runs>> {
  const ms = (moment: string): string => `(extract(epoch from ${moment}) * 1000)::float8`;
  const rows = await sql.query<RunsRow>(
    `select m.name as "readModel",
      coalesce((select json_agg(d.took) from (
        select ${ms('r.ended_at - r.started_at')} as took from daybreak.run r
        where r.read_model = m.name and r.state = 'done' order by r.started_at desc limit ${rememberedRuns}) d), '[]')
        as "durationsMs",
      ${ms('done.started_at')} as "lastStartedMs", ${ms('done.ended_at')} as "lastEndedMs",
      failed.failures, ${ms('failed.at')} as "lastFailedMs", failed.error as "lastError", running.running
    from daybreak.read_model m
    left join lateral (select r.started_at, r.ended_at from daybreak.run r
      where r.read_model = m.name and r.state = 'done' order by r.started_at desc limit 1) done on true
    cross join lateral (
      select count(*)::integer as failures, max(r.ended_at) as at, (array_agg(r.error order by r.started_at desc))[1] as error
      from daybreak.run r where r.read_model = m.name and r.state = 'failed'
        and r.started_at > coalesce(done.started_at, '-infinity')) failed
    left join lateral (
      select json_build_object('runId', r.run_id, 'runner', r.runner, 'startedAtMs', ${ms('r.started_at')}) as running
      from daybreak.run r where r.read_model = m.name and r.state = 'running'
      order by r.started_at desc limit 1) running on true`,
  );
  return new Map(
    rows.map(({ readModel, running, ...runs }) => [
      readModel,
      {
        ...runs,
        gaveUp: runs.failures >= failuresToTell,
        running: running === null ? null : { ...running, epoch: 0, endByMs: Infinity, ...notLookedAt },
      },
    ]),
  );
}

/** What definitions read, by their text: parsed once, since a version never changes. */
export class DefinitionSources {
  readonly #known = new Map<string, readonly WrittenName[]>();

  /** Empty where the text cannot be read: a watchdog that cannot tell one source goes on with the others. */
  async of(definitionSql: string): Promise<readonly WrittenName[]> {
    const known = this.#known.get(definitionSql);
    if (known !== undefined) return known;
    const names = await namesIn(definitionSql);
    this.#known.set(definitionSql, names);
    return names;
  }
}

async function namesIn(definitionSql: string): Promise<readonly WrittenName[]> {
  try {
    const { relations } = analyseSelect(await parseSelect(definitionSql));
    return relations.map(({ schema, name }) => ({ schema, name }));
  } catch (error) {
    if (isFailure(error)) return [];
    throw error;
  }
}

async function readWrites(
  sql: Sql,
  models: readonly RegistryModel[],
  definitions: DefinitionSources,
): Promise<ReadonlyMap<string, number>> {
  const sources = new Map<string, readonly WrittenName[]>();
  for (const { name, versions } of models) {
    const current = versions.find(({ state }) => state === 'current');
    if (current !== undefined) sources.set(name, await definitions.of(current.definitionSql));
  }
  const keyOf = ({ schema, name }: WrittenName): string => JSON.stringify([schema, name]);
  const distinct = new Map([...sources.values()].flat().map((one) => [keyOf(one), one]));
  const found = await readSourceWrites(sql, [...distinct.values()]);
  const writes = new Map(found.map((one) => [keyOf(one), one.writes]));
  return new Map(
    [...sources].flatMap(([model, names]) =>
      names.length === 0
        ? []
        : [[model, [...new Set(names.map(keyOf))].reduce((sum, key) => sum + (writes.get(key) ?? 0), 0)] as const],
    ),
  );
}
