import { scheduleText } from '../../../../shared/format/schedule-text.ts';
import type { CancelAsked, Schedule, SkipCalendar } from '../../../../shared/model/schedule.ts';
import type { ScheduleSettingsView } from '../../../../shared/model/schedule-view.ts';
import type { Server, Sql } from '../../postgres/session.ts';
import type { Clock } from '../../ports.ts';
import type { Journal } from '../journal.ts';
import { runLogged } from '../swap/logged-transaction.ts';
import { askToCancelSql, cancelAskedIn } from './cancel-requests.ts';
import {
  askSql,
  forgetRunnerSql,
  forgetSettingsSql,
  holdAgainSql,
  pauseSql,
  putScheduleBackSql,
  removeCalendarSql,
  resumeSql,
  saveCalendarSql,
  saveSettingsSql,
  setScheduleSql,
  withdrawAskSql,
  type HeldBefore,
  type Stored,
} from './schedule-change-sql.ts';
import { scheduleLimits } from './schedule-registry.ts';

/** One statement, what it is for, and what takes it back; null: nothing does. */
interface Change {
  readonly purpose: string;
  readonly sql: string;
  readonly undoSql: string | null;
}

interface Written {
  readonly definition: Stored;
  readonly by: string;
}

/**
 * What people change about the schedules of a server. Each change is one statement, and stands in the activity log with
 * what takes it back. The caller has made sure that the registry knows schedules. Throws the failures of the server.
 */
export class ScheduleChanges {
  readonly #server: Server;
  readonly #journal: Journal;
  readonly #clock: Clock;

  constructor(server: Server, { journal, clock }: { readonly journal: Journal; readonly clock: Clock }) {
    this.#server = server;
    this.#journal = journal;
    this.#clock = clock;
  }

  async set(readModel: string, schedule: Schedule): Promise<void> {
    await this.#change(async (sql) => {
      const [before] = await sql.query<{ schedule: Stored; setBy: string | null }>(
        'select schedule, set_by as "setBy" from daybreak.schedule where read_model = $1',
        [readModel],
      );
      return {
        purpose: `${readModel}: scheduled ${scheduleText(schedule)}`,
        sql: setScheduleSql(readModel, schedule, this.#journal.actor),
        undoSql: putScheduleBackSql(readModel, before?.schedule ?? null, before?.setBy ?? null),
      };
    });
  }

  async pause(readModel: string, why: string): Promise<void> {
    await this.#change(async (sql) => ({
      purpose: `${readModel}: paused${why === '' ? '' : `, ${why}`}`,
      sql: pauseSql(readModel, this.#journal.actor, why),
      undoSql: holdAgainSql(readModel, (await heldNow(sql, readModel)) ?? notHeld),
    }));
  }

  /** Nothing where nobody ever scheduled it. */
  async resume(readModel: string): Promise<void> {
    await this.#change(async (sql) => {
      const before = await heldNow(sql, readModel);
      if (before === null) return null;
      const held = before.pausedAt !== null || before.stoppedAt !== null;
      return {
        purpose: `${readModel}: resumed`,
        sql: resumeSql(readModel),
        undoSql: held ? holdAgainSql(readModel, before) : null,
      };
    });
  }

  async ask(readModel: string): Promise<void> {
    await this.#change(async () => ({
      purpose: `${readModel}: a refresh asked of the runners`,
      sql: askSql(readModel, this.#journal.actor),
      undoSql: withdrawAskSql(readModel),
    }));
  }

  /** Who asked first; null where the run has ended. */
  async askToCancel(readModel: string, runId: string): Promise<CancelAsked | null> {
    const asked = await this.#change(async () => ({
      purpose: `${readModel}: its runner asked to cancel the refresh`,
      sql: askToCancelSql(readModel, runId, this.#journal.actor),
      undoSql: null,
    }));
    return cancelAskedIn(asked);
  }

  async saveCalendar(calendar: SkipCalendar): Promise<void> {
    const { name } = calendar;
    await this.#change(async (sql) => {
      const before = await calendarNow(sql, name);
      return {
        purpose: `calendar ${name}: ${before === null ? 'made' : 'changed'}`,
        sql: saveCalendarSql(name, calendar, this.#journal.actor),
        undoSql: before === null ? removeCalendarSql(name) : saveCalendarSql(name, before.definition, before.by),
      };
    });
  }

  /** Nothing where there is none of that name. */
  async removeCalendar(name: string): Promise<void> {
    await this.#change(async (sql) => {
      const before = await calendarNow(sql, name);
      if (before === null) return null;
      return {
        purpose: `calendar ${name}: deleted`,
        sql: removeCalendarSql(name),
        undoSql: saveCalendarSql(name, before.definition, before.by),
      };
    });
  }

  async saveSettings(settings: ScheduleSettingsView): Promise<void> {
    await this.#change(async (sql) => {
      const [before] = await sql.query<Written>(
        'select settings as definition, updated_by as by from daybreak.schedule_setting',
      );
      return {
        purpose: 'how the runners of this server work',
        sql: saveSettingsSql(settings, this.#journal.actor),
        undoSql: before === undefined ? forgetSettingsSql : saveSettingsSql(before.definition, before.by),
      };
    });
  }

  /** False where it still reports. */
  async forgetRunner(runner: string): Promise<boolean> {
    const forgotten = await this.#change(async () => ({
      purpose: `runner ${runner}: taken off the list`,
      sql: forgetRunnerSql(runner),
      undoSql: null,
    }));
    return forgotten !== null;
  }

  /** Resolves to the statement's `outcome`. */
  #change(make: (sql: Sql) => Promise<Change | null>): Promise<string | null> {
    return this.#server.withRegistry(async (session) => {
      const change = await make(session);
      if (change === null) return null;
      const { purpose, sql, undoSql } = change;
      const tools = { session, journal: this.#journal, clock: this.#clock, checkpoint: () => undefined };
      const work = { serverId: this.#server.serverId, purpose, sql: [sql], undoSql, planId: null, runId: null };
      return (await runLogged(tools, work)).outcome;
    }, scheduleLimits);
  }
}

const notHeld: HeldBefore = {
  pausedAt: null,
  pausedBy: null,
  pausedWhy: null,
  stoppedAt: null,
  stoppedError: null,
  stoppedSqlstate: null,
  stoppedRun: null,
};

async function heldNow(sql: Sql, readModel: string): Promise<HeldBefore | null> {
  const iso = (column: string): string => `to_json(${column}) #>> '{}'`;
  const [row] = await sql.query<HeldBefore>(
    `select ${iso('paused_at')} as "pausedAt", paused_by as "pausedBy", paused_why as "pausedWhy",
      ${iso('stopped_at')} as "stoppedAt", stopped_error as "stoppedError", stopped_sqlstate as "stoppedSqlstate",
      stopped_run as "stoppedRun" from daybreak.schedule where read_model = $1`,
    [readModel],
  );
  return row ?? null;
}

async function calendarNow(sql: Sql, name: string): Promise<Written | null> {
  const [row] = await sql.query<Written>('select definition, updated_by as by from daybreak.calendar where name = $1', [
    name,
  ]);
  return row ?? null;
}
