import type { SampleStore } from '../history/history.ts';
import type { OpenFindingStore, SeenRun, Watched } from '../history/open-finding-store.ts';

interface WatchedHistory {
  readonly samples: SampleStore;
  readonly openFindings: OpenFindingStore;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** Minutes are rolled up within 90 s; what is younger than this is read raw. */
const unsettledMs = 10 * minuteMs;

/**
 * Searches what was stored since the last search for runs of the open findings: statistics for calls (a short run
 * falls between two samples), samples for who it was. An hour at a time, so that a day that was diagnosed late does not
 * stop the engine. Resolves to whether anything was searched.
 */
export async function watchFindings({ samples, openFindings }: WatchedHistory, serverId: string): Promise<boolean> {
  await openFindings.followFingerprints(serverId);
  const findings = await openFindings.list(serverId);
  const extent = findings.length === 0 ? null : await samples.extent(serverId);
  if (extent === null) return false;
  const fromMs = Math.max(extent.fromMs, Math.min(...findings.map(({ watchedToMs }) => watchedToMs)));
  if (fromMs >= extent.toMs) return false;
  const known = new Map(
    (
      await openFindings.statementsOf(
        serverId,
        findings.map(({ fingerprint }) => fingerprint),
      )
    ).map((statement) => [statement.statementId, statement]),
  );
  const settledMs = extent.toMs - unsettledMs;
  for (let atMs = fromMs; atMs < extent.toMs;) {
    const settled = atMs < settledMs;
    const toMs = Math.min(atMs + hourMs, settled ? settledMs : extent.toMs);
    const search = new Search(known);
    await search.samples(samples, serverId, atMs, toMs);
    if (settled) await search.rollups(samples, serverId, atMs, toMs);
    else await search.intervals(samples, serverId, atMs, toMs);
    await openFindings.saveWatched(serverId, search.found(toMs));
    atMs = toMs;
  }
  return true;
}

class Search {
  readonly #known: ReadonlyMap<string, { readonly fingerprint: string; readonly roleName: string | null }>;
  readonly #minutes = new Set<number>();
  readonly #lastRuns = new Map<string, number>();
  readonly #runs = new Map<string, SeenRun>();

  constructor(known: ReadonlyMap<string, { readonly fingerprint: string; readonly roleName: string | null }>) {
    this.#known = known;
  }

  async samples(store: SampleStore, serverId: string, fromMs: number, toMs: number): Promise<void> {
    for (const { atMs, rows } of await store.samples(serverId, fromMs, toMs)) {
      this.#minutes.add(Math.floor(atMs / minuteMs));
      for (const { statementId, row } of rows) this.#seen(statementId, row.applicationName, row.roleName, atMs);
    }
  }

  async intervals(store: SampleStore, serverId: string, fromMs: number, toMs: number): Promise<void> {
    for (const interval of await store.deltas(serverId, fromMs, toMs)) {
      for (const { statementId, counters } of interval.deltas) {
        if (counters.calls > 0) this.#seen(statementId, '', null, Math.min(interval.toMs, toMs));
      }
    }
  }

  async rollups(store: SampleStore, serverId: string, fromMs: number, toMs: number): Promise<void> {
    const minutes = await store.rollups(serverId, 'minute', fromMs, toMs);
    // Older than the minutes are kept: that it ran is known by the hour, and which minutes were looked at is not.
    const rollups = minutes.length > 0 ? minutes : await store.rollups(serverId, 'hour', fromMs, toMs);
    for (const rollup of rollups) {
      if (rollup.tier === 'minute' && rollup.samples > 0) this.#minutes.add(Math.floor(rollup.fromMs / minuteMs));
      for (const [index, statementId] of rollup.statementIds.entries()) {
        if ((rollup.calls[index] ?? 0) === 0 && (rollup.activeSessions[index] ?? 0) === 0) continue;
        this.#seen(String(statementId), '', null, Math.min(rollup.toMs, toMs));
      }
    }
  }

  found(watchedToMs: number): Watched {
    return {
      watchedToMs,
      minutes: [...this.#minutes],
      lastRuns: [...this.#lastRuns].map(([fingerprint, lastRunAtMs]) => ({ fingerprint, lastRunAtMs })),
      runs: [...this.#runs.values()],
    };
  }

  #seen(statementId: string | null, applicationName: string, roleName: string | null, atMs: number): void {
    const statement = statementId === null ? undefined : this.#known.get(statementId);
    if (statement === undefined) return;
    const { fingerprint } = statement;
    this.#lastRuns.set(fingerprint, Math.max(this.#lastRuns.get(fingerprint) ?? 0, atMs));
    const run = { fingerprint, applicationName, roleName: roleName ?? statement.roleName };
    const key = JSON.stringify(run);
    const lastSeenAtMs = Math.max(this.#runs.get(key)?.lastSeenAtMs ?? 0, atMs);
    this.#runs.set(key, { ...run, lastSeenAtMs });
  }
}
