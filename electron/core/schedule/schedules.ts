import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Schedule, SkipCalendar, SkipWindow } from '../../../shared/model/schedule.ts';
import type {
  GuardRecord,
  RecordedRun,
  ScheduledModelView,
  ScheduleOverview,
  ScheduleSettingsView,
  SeenRunner,
} from '../../../shared/model/schedule-view.ts';
import { Failure } from '../../../shared/model/failure.ts';
import type { KnownServers } from '../connections/known-servers.ts';
import type { Events } from '../events.ts';
import type { History } from '../history/history.ts';
import type { Ports } from '../ports.ts';
import { journalIn } from '../read-model/journal-in-history.ts';
import type { RunnerIdentity } from '../read-model/registry/runner-rows.ts';
import { ScheduleTables } from '../read-model/registry/schedule-registry.ts';
import type { RunsWanted } from '../read-model/registry/schedule-reads.ts';
import type { ScheduledModel, ScheduleRows } from '../read-model/registry/schedule-state.ts';
import { engineVersion } from '../version.ts';
import { cancelRun } from './cancel-run.ts';
import type { ClaimedRunsOptions } from './claimed-runs.ts';
import type { ServerLoad } from './decide/load.ts';
import { indexModels } from './decide/needs.ts';
import { windowsBetween } from './decide/skip-windows.ts';
import { knownSchedules, readyTables, requireModel, viewOf, type KnownSchedules } from './known-schedules.ts';
import { settingsOf } from './schedule-settings.ts';
import { ScheduleRunner, type RunnerStatus } from './schedule-runner.ts';
import { viewModel, viewRunner } from './view-model.ts';

interface Options {
  readonly ports: Ports;
  readonly history: History;
  readonly events: Events;
  readonly servers: KnownServers;
  readonly refresh: ClaimedRunsOptions['refresh'];
  /** How long a stop waits for what runs, ms, before it hands it back. */
  readonly graceMs?: number | undefined;
  readonly tickEveryMs?: number | undefined;
}

const dayMs = 24 * 3_600_000;
const windowsAheadMs = 40 * dayMs;
/** A window that closes must not keep a person waiting. */
const usualGraceMs = 5_000;

/** Schedules of the connected servers, and the runners of this engine that keep them. */
export class Schedules {
  readonly #options: Options;
  readonly #runners = new Map<string, ScheduleRunner>();
  readonly #identity: Pick<RunnerIdentity, 'runner' | 'name' | 'profile' | 'door'>;
  readonly #graceMs: number;

  constructor(options: Options) {
    this.#options = options;
    this.#graceMs = options.graceMs ?? usualGraceMs;
    const { actor, paths } = options.ports;
    const name = `${actor} on ${hostname()}`;
    this.#identity = {
      name,
      runner: `${name} #${randomBytes(3).toString('hex')}`,
      // A path says more than others have to know.
      profile: createHash('sha256').update(paths.profileDir).digest('hex').slice(0, 16),
      door: /\(([^)]*)\)$/.exec(actor)?.[1] ?? actor,
    };
  }

  /** Refreshes by itself wherever somebody has switched that on. */
  async start(): Promise<void> {
    for (const { serverId, settings, capture } of await this.#options.servers.list()) {
      if (capture === null && settings.runsRefreshes === true) this.#runner(serverId).start();
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#runners.values()].map((runner) => runner.stop(this.#graceMs)));
  }

  /** Of the runner on a server; null: this engine has none there. */
  runnerStatus(serverId: string): RunnerStatus | null {
    return this.#runners.get(serverId)?.status() ?? null;
  }

  async overview(serverId: string): Promise<ScheduleOverview> {
    const server = await this.#options.servers.server(serverId);
    const tables = new ScheduleTables(server);
    const registry = await tables.look();
    const runner = this.#runnerView(serverId);
    if (registry.state !== 'ready') {
      const nowMs = this.#options.ports.clock.nowMs() + server.facts.clockSkewMs;
      const none = { models: [], calendars: [], windows: [], runners: [] };
      return { registry, nowMs, ...none, settings: settingsOf(null), runner };
    }
    const rows = await tables.state();
    const models = indexModels(rows.models);
    const { nowMs, calendars } = rows;
    return {
      registry,
      nowMs,
      models: rows.models.map((model) => viewModel(model, models, calendars, nowMs)),
      calendars: [...calendars],
      windows: calendars.flatMap((calendar) => {
        const { noRefresh, noSwap, readModels } = calendar;
        return windowsBetween(calendar, nowMs - dayMs, nowMs + windowsAheadMs).map((window) => ({
          ...window,
          noRefresh,
          noSwap,
          readModels,
        }));
      }),
      runners: this.#runnersOf(rows),
      settings: settingsOf(rows.settings),
      runner,
    };
  }

  async get(serverId: string, readModel: string): Promise<ScheduledModelView> {
    return viewOf(await this.#known(serverId), readModel);
  }

  async preview(serverId: string, readModel: string, schedule: Schedule): Promise<ScheduledModelView> {
    const known = await this.#known(serverId);
    const model = requireModel(known, readModel, schedule);
    const setAtMs = known.rows.nowMs;
    const previewed: ScheduledModel = { ...model, schedule, setAtMs, setBy: this.#options.ports.actor };
    return viewModel(previewed, known.models, known.rows.calendars, known.rows.nowMs);
  }

  async set(serverId: string, readModel: string, schedule: Schedule): Promise<ScheduledModelView> {
    const known = await this.#known(serverId);
    requireModel(known, readModel, schedule);
    return this.#changed(serverId, readModel, known.changes.set(readModel, schedule));
  }

  async pause(serverId: string, readModel: string, why: string): Promise<ScheduledModelView> {
    const known = await this.#known(serverId);
    requireModel(known, readModel);
    return this.#changed(serverId, readModel, known.changes.pause(readModel, why));
  }

  async resume(serverId: string, readModel: string): Promise<ScheduledModelView> {
    const known = await this.#known(serverId);
    requireModel(known, readModel);
    return this.#changed(serverId, readModel, known.changes.resume(readModel));
  }

  async refreshNow(serverId: string, readModel: string): Promise<ScheduledModelView> {
    const known = await this.#known(serverId);
    requireModel(known, readModel);
    if (!this.#runnersOf(known.rows).some(({ state }) => state === 'reports')) {
      throw new Failure({
        code: 'not_available',
        message: `No runner reports on ${known.server.settings.label}, so nobody would refresh ${readModel}. Start an agent, switch refreshing on here, or refresh it at once in this Daybreak.`,
        action: 'readModels.refresh',
      });
    }
    return this.#changed(serverId, readModel, known.changes.ask(readModel));
  }

  /** Throws what `cancelRun` throws. */
  async cancelRun(serverId: string, readModel: string, runId?: string): Promise<ScheduledModelView> {
    const known = await this.#known(serverId);
    const runner = this.#runners.get(serverId) ?? null;
    return this.#changed(serverId, readModel, cancelRun(known, requireModel(known, readModel), runId, runner));
  }

  async calendars(serverId: string): Promise<SkipCalendar[]> {
    return [...(await this.#known(serverId)).rows.calendars];
  }

  async saveCalendar(serverId: string, calendar: SkipCalendar): Promise<SkipCalendar[]> {
    const known = await this.#known(serverId);
    for (const readModel of calendar.readModels ?? []) requireModel(known, readModel);
    await known.changes.saveCalendar(calendar);
    this.#tell(serverId, null);
    return this.calendars(serverId);
  }

  async previewCalendar(serverId: string, calendar: SkipCalendar): Promise<SkipWindow[]> {
    const { rows } = await this.#known(serverId);
    return [...windowsBetween(calendar, rows.nowMs, rows.nowMs + windowsAheadMs)];
  }

  async removeCalendar(serverId: string, name: string): Promise<SkipCalendar[]> {
    const { changes, rows, server } = await this.#known(serverId);
    if (!rows.calendars.some((calendar) => calendar.name === name)) {
      throw new Failure({
        code: 'not_found',
        message: `There is no calendar ${JSON.stringify(name)} on ${server.settings.label}. \`schedule.calendars\` shows those that exist.`,
      });
    }
    await changes.removeCalendar(name);
    this.#tell(serverId, null);
    return this.calendars(serverId);
  }

  async runs(serverId: string, wanted: RunsWanted): Promise<RecordedRun[]> {
    return (await this.#tables(serverId)).runs(wanted);
  }

  async guardDecisions(serverId: string, wanted: RunsWanted): Promise<GuardRecord[]> {
    return (await this.#tables(serverId)).guardDecisions(wanted);
  }

  async runners(serverId: string): Promise<SeenRunner[]> {
    return this.#runnersOf((await this.#known(serverId)).rows);
  }

  async forgetRunner(serverId: string, runner: string): Promise<SeenRunner[]> {
    const { changes, rows } = await this.#known(serverId);
    if (!rows.runners.some((one) => one.runner === runner)) {
      throw new Failure({ code: 'not_found', message: `There is no runner ${JSON.stringify(runner)} on the list.` });
    }
    if (!(await changes.forgetRunner(runner))) {
      throw new Failure({
        code: 'busy',
        message: `The runner ${runner} still reports. Stop it first; then it leaves the list by itself.`,
      });
    }
    this.#tell(serverId, null);
    return this.runners(serverId);
  }

  async settings(serverId: string): Promise<ScheduleSettingsView> {
    return settingsOf((await this.#known(serverId)).rows.settings);
  }

  async setSettings(serverId: string, settings: ScheduleSettingsView): Promise<ScheduleSettingsView> {
    const { changes } = await this.#known(serverId);
    await changes.saveSettings(settings);
    this.#tell(serverId, null);
    return settings;
  }

  async setRunner(serverId: string, on: boolean): Promise<ScheduleOverview> {
    const { servers } = this.#options;
    const { settings } = await servers.server(serverId);
    if (on && (settings.readOnly === true || settings.executive === true)) {
      throw new Failure({
        code: 'not_available',
        message: `${settings.label} is ${settings.readOnly === true ? 'set to read-only' : 'in executive mode'}, so nothing is refreshed through it. Use another connection, or change that.`,
      });
    }
    await servers.setRunsRefreshes(serverId, on);
    if (on) this.#runner(serverId).start();
    else await this.#runners.get(serverId)?.stop(this.#graceMs);
    this.#tell(serverId, null);
    return this.overview(serverId);
  }

  #runner(serverId: string): ScheduleRunner {
    const known = this.#runners.get(serverId);
    if (known !== undefined) return known;
    const { ports, servers, refresh, tickEveryMs } = this.#options;
    const runner = new ScheduleRunner({
      identity: { ...this.#identity, host: hostname(), pid: process.pid, version: engineVersion },
      server: async () => {
        // It goes with its connection: whom a person disconnected it does not connect again.
        if (servers.isOpen(serverId)) return servers.server(serverId);
        const { label } = (await servers.stored(serverId)).settings;
        throw new Failure({ code: 'not_connected', message: `${label} is not connected.`, retryable: true });
      },
      refresh,
      load: () => this.#load(serverId),
      lookCloser: (forMs) => servers.lookCloser(serverId, forMs),
      clock: ports.clock,
      logger: ports.logger,
      onChange: (readModel) => this.#publish(serverId, readModel),
      tickEveryMs,
    });
    this.#runners.set(serverId, runner);
    return runner;
  }

  #load(serverId: string): ServerLoad | null {
    const { servers } = this.#options;
    const seen = servers.load(serverId);
    if (seen === null) return null;
    return {
      atMs: seen.atMs,
      oltpMs: seen.oltpMs,
      usualMs: seen.usualMs,
      activeSessions: seen.activeSessions,
      cores: servers.cores(serverId),
      replicaLagMs: seen.replicaLagMs,
      lockQueue: seen.lockQueue,
    };
  }

  async #known(serverId: string): Promise<KnownSchedules> {
    const { servers, history, ports } = this.#options;
    return knownSchedules(await servers.server(serverId), { journal: journalIn(history, ports), clock: ports.clock });
  }

  async #tables(serverId: string): Promise<ScheduleTables> {
    return readyTables(await this.#options.servers.server(serverId));
  }

  async #changed(serverId: string, readModel: string, change: Promise<void>): Promise<ScheduledModelView> {
    await change;
    this.#tell(serverId, readModel);
    return this.get(serverId, readModel);
  }

  /** Windows ask again, and the runner looks at once. */
  #tell(serverId: string, readModel: string | null): void {
    this.#options.events.publish('activity', serverId, readModel);
    this.#publish(serverId, readModel);
    this.#runners.get(serverId)?.wake();
  }

  #publish(serverId: string, readModel: string | null): void {
    this.#options.events.publish('schedule', serverId, readModel);
  }

  #runnersOf(rows: ScheduleRows): SeenRunner[] {
    return rows.runners.map((runner) => viewRunner(runner, rows.nowMs, this.#identity.runner));
  }

  #runnerView(serverId: string): ScheduleOverview['runner'] {
    const runner = this.#runners.get(serverId);
    const status = runner?.status();
    const { lastTick = null } = status ?? {};
    return {
      on: runner?.on ?? false,
      problem: runner?.on === true ? (status?.problem ?? null) : null,
      lastTickMs: lastTick === null ? null : lastTick.readMs + lastTick.decideMs,
    };
  }
}
