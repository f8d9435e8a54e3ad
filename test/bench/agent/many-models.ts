import { ScheduleTables } from '../../../electron/core/read-model/registry/schedule-registry.ts';
import { firstMemory, tick } from '../../../electron/core/schedule/decide/tick.ts';
import { decidedBy, settingsOf } from '../../../electron/core/schedule/schedule-settings.ts';
import type { RaceShop } from './shop.ts';
import { companyCalendars } from './tick-cost.ts';

export interface ManyModels {
  readonly models: number;
  readonly ticks: number;
  /** What the server needs for the one query, by its own account, median ms. */
  readonly serverMs: number;
  /** Question, answer and parsing, and the decisions, as the agent sees them, median and p95 ms. */
  readonly agentMs: number;
  readonly agentP95Ms: number;
  /** Growth of the heap from the first third of the ticks to the last, after a collection each, bytes. */
  readonly heapGrowthBytes: number;
}

const median = (values: readonly number[], share = 0.5): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;

/** Fills the registry with so many models that nothing else of the server knows, and ticks over them. */
export async function measureMany({ admin, server }: RaceShop, models: number, ticks: number): Promise<ManyModels> {
  await admin.query(
    `insert into daybreak.read_model (name, schema_name, question, owner) select 'm' || n, 'reporting', 'q', 'o' from generate_series(1, ${models}) n`,
  );
  await admin.query(`insert into daybreak.version (read_model, version, definition_sql, key_columns, columns, parents, state, live_slot, plan_id)
    select 'm' || n, 1, 'select 1', '{}', '[]', '{}', 'current', 'a', 'p' from generate_series(1, ${models}) n`);
  await admin.query(`insert into daybreak.copy (copy_id, read_model, version, slot, data_as_of)
    select 'm' || n || '_v1_a', 'm' || n, 1, 'a', clock_timestamp() - n % 50 * interval '1 minute' from generate_series(1, ${models}) n`);
  await admin.query(`insert into daybreak.consumer (read_model, consumer, owner, budget_minutes)
    select 'm' || n, 'c', 'o', 60 + n % 100 from generate_series(1, ${models}) n`);
  await admin.query(`insert into daybreak.schedule (read_model, schedule, set_at, last_started_at, last_ended_at, durations_ms)
    select 'm' || n, case n % 4 when 0 then jsonb_build_object('kind', 'cron', 'expression', n % 60 || ' ' || n % 24 || ' * * *', 'timeZone', 'Europe/Berlin')
      else '{"kind": "budget"}' end, now() - interval '1 day', now() - interval '50 minutes', now() - interval '49 minutes',
      array_fill(1000.5::float8, array[20]) from generate_series(1, ${models}) n`);
  await admin.query(
    `insert into daybreak.lease (read_model, epoch) select 'm' || n, n from generate_series(1, ${models}) n`,
  );
  for (const calendar of companyCalendars) {
    await admin.query(`insert into daybreak.calendar (name, definition, updated_by) values ($1, $2, 'bench')`, [
      calendar.name,
      JSON.stringify(calendar),
    ]);
  }
  await admin.query('analyze');
  const tables = new ScheduleTables(server);
  const agentMs: number[] = [];
  const heap: number[] = [];
  let memory = firstMemory;
  for (let at = 0; at < ticks; at += 1) {
    const beganMs = performance.now();
    const rows = await tables.state();
    const state = {
      runner: 'bench',
      models: rows.models,
      calendars: rows.calendars,
      runners: rows.runners,
      episodes: null,
      load: null,
      cannot: [],
      settings: decidedBy(settingsOf(rows.settings), null),
    };
    const decided = tick(state, memory, rows.nowMs);
    memory = decided.memory;
    agentMs.push(performance.now() - beganMs);
    // As a runner does: due times are written once, and stand there at the next tick.
    const due = decided.commands.flatMap((command) => (command.kind === 'plan' ? [command] : []));
    const epochs = new Map(rows.models.map(({ readModel, lease }) => [readModel, lease.epoch]));
    await tables.planDue(due.map((plan) => ({ ...plan, epoch: epochs.get(plan.readModel) ?? 0 })));
    if (at % Math.max(1, Math.floor(ticks / 12)) === 0) {
      globalThis.gc?.();
      heap.push(process.memoryUsage().heapUsed);
    }
  }
  const third = Math.floor(heap.length / 3);
  const serverMs = await serverTime(admin);
  return {
    models,
    ticks,
    serverMs,
    agentMs: median(agentMs),
    agentP95Ms: median(agentMs, 0.95),
    heapGrowthBytes: median(heap.slice(-third)) - median(heap.slice(third, 2 * third)),
  };
}

/** Of the one query, from the server's own statistics. */
async function serverTime(admin: RaceShop['admin']): Promise<number> {
  const { rows } = await admin.query<{ ms: number }>(
    `select mean_exec_time as ms from pg_stat_statements where query like '%daybreak.schedule_setting%' and query like '%durations_ms%'
    order by calls desc limit 1`,
  );
  return rows[0]?.ms ?? Number.NaN;
}
