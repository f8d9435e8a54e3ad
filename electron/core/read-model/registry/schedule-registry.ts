import type { Attempt } from '../../../../shared/model/schedule.ts';
import type { GuardRecord, RecordedRun, ScheduleRegistry } from '../../../../shared/model/schedule-view.ts';
import { isFailure } from '../../../../shared/model/failure.ts';
import type { RegistrySession, Server, SessionLimits } from '../../postgres/session.ts';
import type { Effort } from '../../schedule/decide/load.ts';
import type { AfterEnd } from '../../schedule/decide/tick-state.ts';
import { knowsSchedules, type Lease } from './leases.ts';
import { installedMigrations } from './migrations.ts';
import { endRunner, recordGuard, reportRunner, type RunnerIdentity } from './runner-rows.ts';
import { forgetOldRuns, readGuardDecisions, readRuns, type RunsWanted } from './schedule-reads.ts';
import {
  backendOfRun,
  claimStart,
  endClaimed,
  holdBack,
  planDue,
  setEffort,
  type PlannedDue,
  type StartClaim,
} from './schedule-rows.ts';
import { readScheduleState, type ScheduleRows } from './schedule-state.ts';
import { abandonRun, endForgottenBackends, type Abandoned } from './stale-leases.ts';

/** A tick must not wait for long: the next one comes soon. Nor behind a screen whose statements take long. */
export const scheduleLimits: SessionLimits = {
  applicationName: 'daybreak schedule',
  statementTimeoutMs: 10_000,
  lockTimeoutMs: 2_000,
  errand: true,
};

/**
 * The registry as the scheduler talks to it: every call is one short session, and all times are the server's. Throws the
 * failures of the server.
 */
export class ScheduleTables {
  readonly #server: Server;

  constructor(server: Server) {
    this.#server = server;
  }

  /** Whether schedules can be kept here. Reads only. */
  look(): Promise<ScheduleRegistry> {
    return this.#server.withReadonly(async (sql) => {
      try {
        const installed = await installedMigrations(sql);
        if (installed === null)
          return notReady('none', 'There is no registry here yet: the first read model brings it.');
        if (knowsSchedules(installed)) return { state: 'ready', message: null };
        return notReady(
          'older',
          'The registry in schema daybreak was installed by an older Daybreak, which knew no schedules. Bring it up to date: nothing is built anew for that, and no reader notices.',
        );
      } catch (error) {
        if (!isFailure(error) || error.value.code !== 'capability_missing') throw error;
        return notReady('newer', error.message);
      }
    }, scheduleLimits);
  }

  state(): Promise<ScheduleRows> {
    return this.#server.withReadonly((sql) => readScheduleState(sql), scheduleLimits);
  }

  runs(wanted: RunsWanted): Promise<RecordedRun[]> {
    return this.#server.withReadonly((sql) => readRuns(sql, wanted), scheduleLimits);
  }

  guardDecisions(wanted: RunsWanted): Promise<GuardRecord[]> {
    return this.#server.withReadonly((sql) => readGuardDecisions(sql, wanted), scheduleLimits);
  }

  planDue(due: readonly PlannedDue[]): Promise<void> {
    return this.#write((sql) => planDue(sql, due));
  }

  claim(start: StartClaim): Promise<Lease | null> {
    return this.#write((sql) => claimStart(sql, start));
  }

  endClaimed(lease: Lease, after: AfterEnd | null, closeAs: Parameters<typeof endClaimed>[3]): Promise<boolean> {
    return this.#write((sql) => endClaimed(sql, lease, after, closeAs));
  }

  abandon(abandoned: Abandoned): Promise<boolean> {
    return this.#write((sql) => abandonRun(sql, abandoned));
  }

  endForgotten(): Promise<number> {
    return this.#write((sql) => endForgottenBackends(sql));
  }

  holdBack(lines: readonly Attempt[]): Promise<void> {
    return this.#write((sql) => holdBack(sql, lines));
  }

  setEffort(readModel: string, runId: string, effort: Effort): Promise<void> {
    return this.#write((sql) => setEffort(sql, readModel, runId, effort));
  }

  /** Cancels another runner's refresh, where its backend provably is that run's. */
  async cancelRun(readModel: string, runId: string): Promise<boolean> {
    const pid = await this.#write((sql) => backendOfRun(sql, readModel, runId));
    return pid === null ? false : this.#server.cancelBackend(pid);
  }

  report(identity: RunnerIdentity, state: object): Promise<void> {
    return this.#write((sql) => reportRunner(sql, identity, state));
  }

  endRunner(runner: string): Promise<void> {
    return this.#write((sql) => endRunner(sql, runner));
  }

  recordGuard(records: readonly Omit<GuardRecord, 'decidedAtMs'>[]): Promise<void> {
    return this.#write((sql) => recordGuard(sql, records));
  }

  forgetOldRuns(days: number): Promise<number> {
    return this.#write((sql) => forgetOldRuns(sql, days));
  }

  #write<T>(work: (sql: RegistrySession) => Promise<T>): Promise<T> {
    return this.#server.withRegistry(work, scheduleLimits);
  }
}

const notReady = (state: ScheduleRegistry['state'], message: string): ScheduleRegistry => ({ state, message });
