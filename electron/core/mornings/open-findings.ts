import type { OpenFinding, Verdict } from '../../../shared/model/diagnosis.ts';
import { Failure, isFailure } from '../../../shared/model/failure.ts';
import type { KnownServers } from '../connections/known-servers.ts';
import type { DashboardService } from '../dashboards/dashboard-service.ts';
import { shortStatement } from '../diagnosis/transactions/described-rows.ts';
import type { Events } from '../events.ts';
import type { History } from '../history/history.ts';
import type { SeenRun, StoredOpenFinding } from '../history/open-finding-store.ts';
import type { Ports } from '../ports.ts';
import { FindingOutcomes } from './finding-outcome.ts';
import { findingState, goneAfterMinutes } from './finding-state.ts';
import { watchFindings } from './watch-findings.ts';

interface Options {
  readonly ports: Ports;
  readonly history: History;
  readonly servers: KnownServers;
  readonly events: Events;
  readonly dashboards: DashboardService;
}

/** A smaller share of the damage is not worth an entry that somebody has to work off. */
const leastShare = 0.05;
/** How often history is searched for runs while the engine lives: states change by the hour. */
const everyMs = 5 * 60_000;
/** Comparable days are looked for this far back. */
const daysBackMs = 30 * 24 * 3_600_000;

/** Findings that were diagnosed, until nobody runs the statement any more. Kept by fingerprint in the local store. */
export class OpenFindings {
  readonly #options: Options;
  readonly #watching = new Map<string, Promise<void>>();
  /** As told last, so that a change of state is told once. */
  readonly #states = new Map<string, string>();
  #stopping: AbortController | null = null;
  #loop: Promise<void> = Promise.resolve();

  readonly #outcomes: FindingOutcomes;

  constructor(options: Options) {
    this.#options = options;
    this.#outcomes = new FindingOutcomes(options);
  }

  /** Looks every few minutes, until `stop`, so that what a sampler sees is counted while it is kept. */
  start(): void {
    const { clock, logger } = this.#options.ports;
    const stopping = new AbortController();
    this.#stopping = stopping;
    this.#loop = (async () => {
      while (!stopping.signal.aborted) {
        await clock.sleep(everyMs, stopping.signal);
        for (const { serverId } of await this.#options.history.connections.list()) {
          if (!stopping.signal.aborted && this.#options.servers.isOpen(serverId)) await this.#look(serverId);
        }
      }
    })().catch((error: unknown) => {
      if (!stopping.signal.aborted) logger.error({ err: error }, 'open findings are not watched any more');
    });
  }

  async stop(): Promise<void> {
    this.#stopping?.abort();
    await this.#loop;
    await Promise.allSettled(this.#watching.values());
  }

  /**
   * Opens or updates what a verdict found: statements that somebody can stop running, so neither hidden ones nor
   * background processes. A store that cannot be written must not keep the verdict back.
   */
  async record(serverId: string, { fromMs, toMs, findings }: Verdict): Promise<void> {
    const { history, ports, events } = this.#options;
    const worth = findings.filter(({ grade, blameShare }) => grade !== 'D' && blameShare >= leastShare);
    if (worth.length === 0) return;
    const diagnosed = worth
      .flatMap((finding) => [finding.statement, ...finding.members].map((statement) => ({ ...finding, statement })))
      .filter(({ statement }) => statement.text !== null && !statement.statementId.startsWith('backend:'))
      .map(({ statement, cure, cureText, grade, blameShare, damageSeconds, ifGoneMeanMs, ifGoneP95Ms }) => ({
        fingerprint: statement.fingerprint,
        statement: shortStatement(statement),
        cure,
        cureText,
        grade,
        blameShare,
        damageSeconds,
        window: { fromMs, toMs },
        prediction: ifGoneMeanMs === null ? null : { meanMs: ifGoneMeanMs, p95Ms: ifGoneP95Ms },
      }));
    try {
      const changed = await history.openFindings.save(serverId, diagnosed, ports.clock.nowMs());
      if (changed) events.publish('mornings', serverId, 'open_findings');
    } catch (error) {
      if (!isFailure(error) || error.value.code !== 'storage_failed') throw error;
      ports.logger.warn({ serverId, error: error.message }, 'findings of a verdict could not be kept');
    }
  }

  /** The worst first. Works without the server. */
  async list(serverId: string, all: boolean): Promise<{ findings: OpenFinding[] }> {
    await this.#options.servers.stored(serverId);
    await this.#watch(serverId);
    const findings = await this.#described(serverId);
    const wanted = all ? findings : findings.filter(({ state }) => state === 'open' || state === 'quiet');
    const told: OpenFinding[] = [];
    // One after the other: each may read hours of history.
    for (const finding of wanted) told.push(await this.#withOutcome(serverId, finding));
    return { findings: told };
  }

  async dismiss(serverId: string, fingerprint: string, dismissed: boolean): Promise<OpenFinding> {
    const { history, servers, events } = this.#options;
    await servers.stored(serverId);
    await history.openFindings.setDismissed(serverId, fingerprint, dismissed);
    const found = (await this.#described(serverId)).find((finding) => finding.fingerprint === fingerprint);
    if (found === undefined) {
      throw new Failure({
        code: 'not_found',
        message: `There is no finding with the fingerprint ${JSON.stringify(fingerprint)}. \`mornings.openFindings\` with all: true shows those that exist.`,
      });
    }
    events.publish('mornings', serverId, 'open_findings');
    return found;
  }

  async #look(serverId: string): Promise<void> {
    const { ports, events } = this.#options;
    try {
      await this.#watch(serverId);
      const states = JSON.stringify(
        (await this.#described(serverId)).map(({ fingerprint, state }) => [fingerprint, state]),
      );
      const before = this.#states.get(serverId);
      this.#states.set(serverId, states);
      if (before !== undefined && before !== states) events.publish('mornings', serverId, 'open_findings');
    } catch (error) {
      // A server removed meanwhile, or a full disk: the next look finds out.
      if (!isFailure(error)) throw error;
      ports.logger.warn({ serverId, error: error.message }, 'open findings could not be looked after');
    }
  }

  async #withOutcome(serverId: string, finding: OpenFinding): Promise<OpenFinding> {
    const { state, prediction, window, lastRunAtMs } = finding;
    if (prediction === undefined || (state !== 'quiet' && state !== 'gone')) return finding;
    const outcome = await this.#outcomes.of(serverId, window, lastRunAtMs ?? window.toMs, localTimeZone());
    return outcome === null ? finding : { ...finding, outcome };
  }

  /** One search of a server at a time; who comes meanwhile waits for it. */
  async #watch(serverId: string): Promise<void> {
    const running = this.#watching.get(serverId);
    if (running !== undefined) return running;
    const watching = watchFindings(this.#options.history, serverId)
      .then(() => undefined)
      .finally(() => this.#watching.delete(serverId));
    this.#watching.set(serverId, watching);
    return watching;
  }

  async #described(serverId: string): Promise<OpenFinding[]> {
    const { openFindings } = this.#options.history;
    const [findings, runs] = await Promise.all([openFindings.list(serverId), openFindings.runs(serverId)]);
    const newestMs = Math.max(0, ...findings.map(({ watchedToMs }) => watchedToMs));
    const minutes = findings.length === 0 ? [] : await openFindings.watchedMinutes(serverId, newestMs - daysBackMs);
    const sinceMs = (minutes.at(-goneAfterMinutes) ?? -Infinity) * 60_000;
    const timeZone = localTimeZone();
    return Promise.all(
      findings.map(async (finding) => {
        const quietFromMs = finding.lastRunAtMs ?? finding.window.toMs;
        const afterRun = Math.floor(quietFromMs / 60_000);
        const state = findingState({
          ...finding,
          sampledMinutes: await openFindings.watchedMinuteCount(serverId, quietFromMs),
          minutes: minutes.filter((minute) => minute > afterRun),
          timeZone,
        });
        return { ...published(finding), stillRunBy: runners(finding.fingerprint, runs, sinceMs), state };
      }),
    );
  }
}

const localTimeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

const published = ({
  dismissed: _dismissed,
  watchedToMs: _watchedToMs,
  prediction,
  ...finding
}: StoredOpenFinding): Omit<OpenFinding, 'state' | 'stillRunBy'> =>
  prediction === null ? finding : { ...finding, prediction };

/** Of the last 24 sampled hours. What only the statistics saw has a role, and its application is another line's. */
function runners(fingerprint: string, runs: readonly SeenRun[], sinceMs: number): OpenFinding['stillRunBy'] {
  const own = runs.filter((run) => run.fingerprint === fingerprint && run.lastSeenAtMs >= sinceMs);
  const named = new Set(own.filter((run) => run.applicationName !== '').map(({ roleName }) => roleName));
  return own
    .filter(({ applicationName, roleName }) => applicationName !== '' || !named.has(roleName))
    .map(({ applicationName, roleName, lastSeenAtMs }) => ({ applicationName, roleName, lastSeenAtMs }));
}
