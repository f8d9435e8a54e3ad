import { z } from 'zod';
import {
  attemptSchema,
  runnerTroubleSchema,
  scheduleSchema,
  skipCalendarSchema,
  type RunnerHeartbeat,
  type Schedule,
  type SkipCalendar,
} from '../../../../shared/model/schedule.ts';
import type { Sql } from '../../postgres/session.ts';
import { decidingBudgets, type ConsumerBudget } from '../../schedule/decide/budgets.ts';
import type { Effort } from '../../schedule/decide/load.ts';
import { failuresToldApart } from '../../schedule/decide/retry.ts';
import type { ModelState } from '../../schedule/decide/tick-state.ts';
import { cancelAskedOf, cancelAskedSql } from './cancel-requests.ts';
import { schedules } from './migrations/0040-schedules.ts';
import { budgetOf } from './read-registry.ts';

/** What the registry says of all schedules at one moment, in the shape that the decisions take. */
export interface ScheduleRows {
  /** The server's clock at that moment, ms. */
  readonly nowMs: number;
  readonly models: readonly ScheduledModel[];
  readonly calendars: readonly SkipCalendar[];
  readonly runners: readonly RunnerRow[];
  /** As it was stored; null: nobody has set anything. */
  readonly settings: unknown;
}

export interface ScheduledModel extends ModelState {
  /** Who set the schedule; null: nobody, it follows its budgets. */
  readonly setBy: string | null;
}

export interface RunnerRow extends RunnerHeartbeat {
  readonly name: string;
  readonly host: string;
  readonly version: string;
  readonly startedAtMs: number;
  /** What it says of itself. */
  readonly state: unknown;
}

/** A model whose schedule nobody has set is kept within the budgets of its consumers. */
export const usualSchedule: Schedule = { kind: 'budget' };

/**
 * Where no runner refreshes, whatever the budgets are: in a registry that is older than schedules, and of a schedule that
 * a newer Daybreak wrote in a form that is not understood here.
 */
export const withoutRunner: Schedule = { kind: 'hand' };

/** Whole ms: not extract(), which computes in numeric, for twelve columns of 1,000 rows. */
const ms = (moment: string): string => `round(date_part('epoch', ${moment}) * 1000)`;

interface Row {
  readonly nowMs: number;
  readonly calendars: readonly unknown[] | null;
  readonly runners: readonly RunnerRowJson[] | null;
  readonly settings: unknown;
  readonly readModel: string | null;
  readonly owner: string;
  readonly suspended: boolean;
  readonly reads: readonly string[];
  readonly createdAtMs: number;
  readonly asOfMs: number | null;
  readonly consumers: readonly { consumer: string; minutes: number | null; nightly: unknown }[] | null;
  readonly schedule: unknown;
  readonly setAtMs: number | null;
  readonly setBy: string | null;
  readonly nextDueMs: number | null;
  readonly pausedAtMs: number | null;
  readonly pausedBy: string | null;
  readonly pausedWhy: string | null;
  readonly stoppedAtMs: number | null;
  readonly stoppedError: string | null;
  readonly stoppedSqlstate: string | null;
  readonly stoppedRun: string | null;
  readonly askedAtMs: number | null;
  readonly retryAtMs: number | null;
  readonly failures: number | null;
  readonly recentFailures: readonly (string | null)[] | null;
  readonly lastFailedMs: number | null;
  readonly lastError: string | null;
  readonly gaveUp: boolean | null;
  readonly held: unknown;
  readonly lastStartedMs: number | null;
  readonly lastEndedMs: number | null;
  /** An array as PostgreSQL writes it. */
  readonly durations: string | null;
  readonly epoch: number | null;
  readonly runId: string | null;
  readonly leaseKind: string | null;
  readonly holder: string | null;
  readonly acquiredAtMs: number | null;
  readonly heartbeatAtMs: number | null;
  readonly deadlineMs: number | null;
  readonly endByMs: number | null;
  readonly effort: Effort | null;
  readonly cancel: unknown;
}

const saysOfItself = z.object({ cannot: z.array(runnerTroubleSchema).readonly() });

type RunnerRowJson = Omit<RunnerRow, 'kind' | 'cannot'> & { readonly door: string };

/** As many failures in a row as decisions tell apart; of most models there is none, and nothing is looked up. */
const recentFailures = `(select json_agg(f.failed_with order by f.started_at desc) from (
    select case r.state when 'abandoned' then 'abandoned' else r.sqlstate end as failed_with, r.started_at
    from daybreak.run r where r.read_model = m.name and r.state in ('failed', 'abandoned')
    order by r.started_at desc limit least(s.failures, ${failuresToldApart})) f)`;

/** In the first row alone: a thousand copies of it would have to be sent and read. */
const once = (value: string): string =>
  `case when row_number() over (order by m.name collate "C") = 1 then ${value} end`;

/**
 * One query, so that a tick over 1,000 models costs the server a few milliseconds. What is the same for all models comes
 * with the first row. Models without rows of their own in `daybreak.schedule` are there, too.
 */
const stateSql = `select one."nowMs", ${once('one.calendars')} as calendars, ${once('one.runners')} as runners,
  ${once('one.settings')} as settings, m.name as "readModel", m.owner,
  m.suspended_at is not null as suspended, v.parents as reads, ${ms('v.created_at')} as "createdAtMs",
  ${ms('p.data_as_of')} as "asOfMs", c.consumers, s.schedule, ${ms('s.set_at')} as "setAtMs", s.set_by as "setBy",
  ${ms('s.next_due_at')} as "nextDueMs", ${ms('s.paused_at')} as "pausedAtMs", s.paused_by as "pausedBy",
  s.paused_why as "pausedWhy", ${ms('s.stopped_at')} as "stoppedAtMs", s.stopped_error as "stoppedError",
  s.stopped_sqlstate as "stoppedSqlstate", s.stopped_run as "stoppedRun", ${ms('s.asked_at')} as "askedAtMs",
  ${ms('s.retry_at')} as "retryAtMs", s.failures,
  case when s.failures > 0 then ${recentFailures} end as "recentFailures", ${ms('s.last_failed_at')} as "lastFailedMs", s.last_error as "lastError",
  s.gave_up as "gaveUp", s.held, ${ms('s.last_started_at')} as "lastStartedMs", ${ms('s.last_ended_at')} as "lastEndedMs",
  s.durations_ms::text as durations, l.epoch::float8 as epoch, l.run_id as "runId", l.kind as "leaseKind",
  l.runner as holder, ${ms('l.acquired_at')} as "acquiredAtMs", ${ms('h.heartbeat_at')} as "heartbeatAtMs",
  ${ms('l.deadline_at')} as "deadlineMs", ${ms('l.end_by')} as "endByMs", h.effort,
  case when l.run_id is not null then (select ${cancelAskedSql('r')} from daybreak.run r where r.run_id = l.run_id) end as cancel
from (select ${ms('clock_timestamp()')} as "nowMs",
    (select json_agg(definition order by name) from daybreak.calendar) as calendars,
    (select json_agg(json_build_object('runner', runner, 'name', name, 'door', door, 'host', host, 'version', version,
      'state', state, 'startedAtMs', ${ms('started_at')}, 'heartbeatAtMs', ${ms('heartbeat_at')},
      'stoppedAtMs', ${ms('stopped_at')}) order by started_at) from daybreak.runner) as runners,
    (select settings from daybreak.schedule_setting) as settings) one
  left join (daybreak.read_model m
    join daybreak.version v on v.read_model = m.name and v.state = 'current'
    join daybreak.copy p on p.read_model = v.read_model and p.version = v.version and p.slot = v.live_slot
    left join (select read_model, json_agg(json_build_object('consumer', consumer, 'minutes', budget_minutes, 'nightly', nightly))
      as consumers from daybreak.consumer group by read_model) c on c.read_model = m.name
    left join daybreak.schedule s on s.read_model = m.name
    left join daybreak.lease l on l.read_model = m.name
    left join daybreak.heartbeat h on h.read_model = l.read_model and h.run_id = l.run_id) on true
order by m.name collate "C"`;

/** The caller has made sure that the registry knows schedules. */
export async function readScheduleState(sql: Sql): Promise<ScheduleRows> {
  const rows = await sql.query<Row>(stateSql);
  const [first] = rows;
  if (first === undefined) throw new Error('the registry answered with no row');
  return {
    nowMs: first.nowMs,
    // One that a newer Daybreak wrote in another form holds nothing back here.
    calendars: (first.calendars ?? []).flatMap((definition) => skipCalendarSchema.safeParse(definition).data ?? []),
    runners: (first.runners ?? []).map(({ door, ...runner }) => ({
      ...runner,
      // One that a newer Daybreak wrote in another form says nothing here.
      cannot: saysOfItself.safeParse(runner.state).data?.cannot ?? [],
      kind: door === 'agent' ? ('agent' as const) : ('desktop' as const),
    })),
    settings: first.settings,
    models: rows.flatMap((row) => (row.readModel === null ? [] : [modelOf(row, row.readModel)])),
  };
}

/** The same text parses to the same schedule: 1,000 of them at every tick are a handful of different ones. */
const parsed = new Map<string, Schedule>();
function scheduleOf(value: unknown): Schedule {
  if (value === null) return usualSchedule;
  const key = JSON.stringify(value);
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const schedule = scheduleSchema.safeParse(value).data ?? withoutRunner;
  if (parsed.size > 10_000) parsed.clear();
  parsed.set(key, schedule);
  return schedule;
}

/** By read model: what did not change since the last tick is not read anew, which twenty numbers of each of 1,000 cost. */
const durationsRead = new Map<string, { readonly text: string; readonly durationsMs: readonly number[] }>();

/** Of a `float8[]` without NULL, as it is written: `{1000.5,2000}`. */
function durationsOf(readModel: string, text: string | null): readonly number[] {
  if (text === null || text === '{}') return [];
  const known = durationsRead.get(readModel);
  if (known?.text === text) return known.durationsMs;
  const durationsMs = text.slice(1, -1).split(',').map(Number);
  if (durationsRead.size > 10_000) durationsRead.clear();
  durationsRead.set(readModel, { text, durationsMs });
  return durationsMs;
}

const fullEffort: Effort = { workers: 2 };

function modelOf(row: Row, readModel: string): ScheduledModel {
  const { runId, holder, epoch, acquiredAtMs, asOfMs } = row;
  const runs = runId !== null && row.leaseKind === 'refresh' && holder !== null && acquiredAtMs !== null;
  return {
    readModel,
    schedule: scheduleOf(row.schedule),
    setAtMs: row.setAtMs ?? row.createdAtMs,
    setBy: row.setBy,
    paused:
      row.pausedAtMs === null
        ? null
        : { atMs: row.pausedAtMs, by: row.pausedBy ?? 'somebody', why: row.pausedWhy ?? '' },
    stopped:
      row.stoppedAtMs === null
        ? null
        : {
            atMs: row.stoppedAtMs,
            sqlstate: row.stoppedSqlstate,
            error: row.stoppedError ?? '',
            runId: row.stoppedRun,
          },
    nextDueMs: row.nextDueMs,
    owner: row.owner,
    budgets: budgetsOf(row.consumers ?? []),
    reads: row.reads,
    suspended: row.suspended,
    asOfMs,
    lease: {
      readModel,
      epoch: epoch ?? 0,
      holder: runId === null ? null : holder,
      heartbeatAtMs: row.heartbeatAtMs,
      deadlineMs: row.deadlineMs,
    },
    running: runs
      ? {
          runId,
          runner: holder,
          epoch: epoch ?? 0,
          startedAtMs: acquiredAtMs,
          endByMs: row.endByMs ?? row.deadlineMs ?? acquiredAtMs,
          effort: row.effort ?? fullEffort,
          cancelAsked: cancelAskedOf(row.cancel),
        }
      : null,
    lastStartedMs: row.lastStartedMs,
    lastEndedMs: row.lastEndedMs,
    durationsMs: durationsOf(readModel, row.durations),
    failures: row.failures ?? 0,
    recentFailures: row.recentFailures ?? [],
    lastFailedMs: row.lastFailedMs,
    lastError: row.lastError,
    gaveUp: row.gaveUp ?? false,
    retryAtMs: row.retryAtMs,
    askedAtMs: row.askedAtMs,
    held: row.held === null ? null : (attemptSchema.safeParse(row.held).data ?? null),
    // The watchdog looks at the sources; a schedule does not need to.
    sourceMovedAtMs: null,
  };
}

/** What its consumers accept. They live in the registry, so no laptop has to say it. */
function budgetsOf(consumers: NonNullable<Row['consumers']>): readonly ConsumerBudget[] {
  const aged: ConsumerBudget[] = [];
  for (const { consumer, minutes, nightly } of consumers) {
    // Most are in minutes: no parser for those, a thousand times at every tick.
    const budget = nightly === null && minutes !== null ? { minutes } : budgetOf(minutes, nightly);
    if (budget !== 'live') aged.push({ budget, consumer });
  }
  return decidingBudgets(aged);
}

/** For whoever looks beside the runner; null where this registry keeps no schedules yet. */
export const readSchedulesWhereKept = (sql: Sql, installed: readonly number[]): Promise<ScheduleRows | null> =>
  installed.includes(schedules.migration) ? readScheduleState(sql) : Promise.resolve(null);
