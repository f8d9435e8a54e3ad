import type { Finding, OriginFilter, Timeline, Verdict } from '../../../shared/model/diagnosis.ts';
import { Failure } from '../../../shared/model/failure.ts';
import type { Freshness } from '../../../shared/model/freshness.ts';
import type { Statement } from '../../../shared/model/statement.ts';
import type { KnownServers } from '../connections/known-servers.ts';
import type { DashboardService } from '../dashboards/dashboard-service.ts';
import { diagnose } from '../diagnosis/diagnose.ts';
import { findingDetail, type FindingDetail } from '../diagnosis/finding-detail.ts';
import type { DiagnosisInput, TimeWindow } from '../diagnosis/input.ts';
import { describeStatements } from '../diagnosis/statements.ts';
import { buildRolledTimeline } from '../diagnosis/timeline-rollups.ts';
import { buildTimeline, type TimelineOptions } from '../diagnosis/timeline.ts';
import { shortStatement } from '../diagnosis/transactions/described-rows.ts';
import type { History } from '../history/history.ts';
import type { Ports } from '../ports.ts';
import { classReach, gatherInput, type Reach } from './gather-input.ts';
import { gatherTimeline, tierOf } from './gather-timeline.ts';
import { checkedMorning, checkedWindow, freshnessOf, storedExtent } from './history-freshness.ts';
import type { OpenFindings } from './open-findings.ts';

interface Options {
  readonly ports: Ports;
  readonly history: History;
  readonly servers: KnownServers;
  readonly dashboards: DashboardService;
  readonly openFindings: OpenFindings;
}

/** A line of a chart has this many points at most: more than a screen has columns helps nobody. */
const timelinePoints = 360;

const minuteMs = 60_000;

/** An hour before a short timeline has quiet enough to compare it with. */
const timelineReach: Reach = { backMs: 3_600_000, aheadMs: 0, earlierDays: false };

interface TimelineAsked {
  readonly filter?: OriginFilter | undefined;
  /** Instead of the hour before it. */
  readonly reachMs?: number | undefined;
}

interface HowToJudge {
  /** What people say that a save takes. */
  readonly reportedSaveSeconds?: number | undefined;
  /** Whose clock the sentence tells; default: where the mornings are. */
  readonly readerTimeZone?: string | undefined;
}

/** Reads stored history and hands it to the diagnosis: works without the server. */
export class Mornings {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  async timeline(
    serverId: string,
    fromMs?: number,
    toMs?: number,
    { filter, reachMs = timelineReach.backMs }: TimelineAsked = {},
  ): Promise<{ timeline: Timeline; freshness: Freshness }> {
    const extent = await storedExtent(this.#options, serverId);
    const end = toMs ?? extent?.toMs ?? this.#options.ports.clock.nowMs();
    // One sample is a moment, not a window.
    const from = fromMs ?? Math.min(Math.max(extent?.fromMs ?? 0, end - 3_600_000), end - 1_000);
    const window = checkedWindow({ fromMs: from, toMs: end });
    const timeline = await this.#timeline(serverId, window, { stored: extent, filter, reachMs });
    return { timeline, freshness: freshnessOf(this.#options, serverId, extent) };
  }

  async #timeline(
    serverId: string,
    window: TimeWindow,
    options: Pick<TimelineOptions, 'stored' | 'filter'> & { readonly reachMs: number },
  ): Promise<Timeline> {
    const tier = tierOf(window);
    if (tier !== 'raw') {
      const rolled = await gatherTimeline(this.#options, serverId, window, tier);
      const leastMs = tier === 'minute' ? minuteMs : 3_600_000;
      if (rolled !== null) return buildRolledTimeline(rolled, { ...options, bucketMs: bucketMs(window, leastMs) });
    }
    const around = { ...timelineReach, backMs: options.reachMs };
    const input = await gatherInput(this.#options, serverId, window, { around });
    const rawFromMs = firstRawMs(input);
    // Minutes outlive raw history: a window at its edge is drawn from them as a whole.
    if (tier === 'raw' && rawFromMs > window.fromMs + minuteMs) {
      const rolled = await gatherTimeline(this.#options, serverId, window, 'minute');
      const older = rolled?.rollups.some(({ fromMs, toMs }) => toMs > window.fromMs && fromMs < rawFromMs - minuteMs);
      if (rolled !== null && older) {
        return buildRolledTimeline(rolled, { ...options, bucketMs: bucketMs(window, minuteMs) });
      }
    }
    return buildTimeline(input, { ...options, bucketMs: bucketMs(window) });
  }

  async diagnose(
    serverId: string,
    fromMs: number,
    toMs: number,
    asked: HowToJudge = {},
  ): Promise<{ verdict: Verdict; freshness: Freshness }> {
    const verdict = await this.judge(serverId, { fromMs, toMs }, asked);
    await this.#options.openFindings.record(serverId, verdict);
    return {
      verdict,
      freshness: freshnessOf(this.#options, serverId, await storedExtent(this.#options, serverId)),
    };
  }

  /** The verdict alone: its findings are not recorded. */
  async judge(serverId: string, window: TimeWindow, asked: HowToJudge = {}): Promise<Verdict> {
    const { reportedSaveSeconds = null, readerTimeZone } = asked;
    const how = { reportedSaveSeconds, readerTimeZone };
    return diagnose(await gatherInput(this.#options, serverId, checkedMorning(window), how));
  }

  async finding(
    serverId: string,
    fromMs: number,
    toMs: number,
    statementId: string,
  ): Promise<FindingDetail & { finding: Finding; freshness: Freshness }> {
    const input = await gatherInput(this.#options, serverId, checkedMorning({ fromMs, toMs }));
    const finding = diagnose(input).findings.find(({ statement }) => statement.statementId === statementId);
    if (finding === undefined) {
      throw new Failure({
        code: 'not_found',
        message: `Statement ${statementId} is not among the findings of this window. Widen the window, or open it from the list of findings.`,
      });
    }
    return {
      finding,
      ...findingDetail(input, statementId),
      freshness: freshnessOf(this.#options, serverId, await storedExtent(this.#options, serverId)),
    };
  }

  /** Those that were counted or sampled in the window, with their texts cut: a store may have thousands. */
  async statements(serverId: string, fromMs: number, toMs: number): Promise<{ statements: Statement[] }> {
    const window = checkedWindow({ fromMs, toMs });
    const input = await gatherInput(this.#options, serverId, window, { around: classReach });
    const seen = statementsSeen(input);
    const described = describeStatements(input).filter(({ statementId }) => seen.has(statementId));
    return { statements: described.map(shortStatement) };
  }

  /**
   * Any statement of the history, whole, with the class that the window gives it. Throws `Failure('not_found')`.
   */
  async statement(serverId: string, statementId: string, window: TimeWindow): Promise<Statement> {
    const asked = { around: classReach, statementId };
    const input = await gatherInput(this.#options, serverId, checkedWindow(window), asked);
    const statement = describeStatements(input).find((one) => one.statementId === statementId);
    if (statement !== undefined) return statement;
    throw new Failure({ code: 'not_found', message: `There is no statement ${statementId} in the history.` });
  }
}

/** The first moment of the window of which raw history is left; its end where none is. */
function firstRawMs({ deltas, samples, fromMs, toMs }: DiagnosisInput): number {
  const sampled = samples.map(({ atMs }) => atMs).filter((atMs) => atMs >= fromMs);
  const counted = deltas.filter((set) => set.toMs > fromMs).map((set) => set.fromMs);
  return [...sampled, ...counted].reduce((first, atMs) => Math.min(first, atMs), toMs);
}

function statementsSeen({ deltas, samples, fromMs, toMs }: DiagnosisInput): Set<string | null> {
  const counted = deltas.filter((set) => set.toMs > fromMs && set.fromMs < toMs).flatMap((set) => set.deltas);
  const sampled = samples.filter(({ atMs }) => atMs >= fromMs && atMs < toMs).flatMap(({ rows }) => rows);
  return new Set([...counted, ...sampled].map(({ statementId }) => statementId));
}

const niceBucketsMs = [1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000];

function bucketMs({ fromMs, toMs }: TimeWindow, leastMs = 0): number {
  const wantedMs = Math.max(leastMs, (toMs - fromMs) / timelinePoints);
  return niceBucketsMs.find((nice) => nice >= wantedMs) ?? 3_600_000;
}
