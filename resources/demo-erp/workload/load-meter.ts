import { createHash } from 'node:crypto';
import { createHistogram, monitorEventLoopDelay, type RecordableHistogram } from 'node:perf_hooks';
import type { Latency, LoadReport } from '../../../shared/model/demo.ts';

const recentMs = 10_000;
const lagResolutionMs = 10;

/**
 * Collects what happened. Whole-run percentiles come from HDR histograms (microseconds, three figures), so that a
 * load of hours costs no more than one of seconds; recent ones from the values themselves.
 */
export class LoadMeter {
  readonly #saves = new Series();
  readonly #loads = new Series();
  readonly #lag = monitorEventLoopDelay({ resolution: lagResolutionMs });
  readonly #errors = { saves: 0, loads: 0, first: null as string | null };
  #skipped = 0;
  #cutOff = 0;
  #digest = 0n;

  start(): void {
    this.#lag.enable();
  }

  stop(): void {
    this.#lag.disable();
  }

  /** A piece of work that was asked for, whatever became of it. The digest does not depend on the order. */
  issued(work: string): void {
    const hash = createHash('sha256').update(work).digest();
    this.#digest = BigInt.asUintN(64, this.#digest + hash.readBigUInt64BE());
  }

  saved(latencyMs: number, nowMs: number): void {
    this.#saves.add(latencyMs, nowMs);
  }

  loaded(tookMs: number, nowMs: number): void {
    this.#loads.add(tookMs, nowMs);
  }

  skipped(): void {
    this.#skipped += 1;
  }

  failed(kind: 'saves' | 'loads', error: unknown): void {
    this.#errors[kind] += 1;
    this.#errors.first ??= error instanceof Error ? error.message : String(error);
  }

  /** Loads that the end of the run cuts off, by the time they have taken until now. See `LoadReport.dashboard`. */
  cutOff(elapsedMs: readonly number[]): void {
    this.#cutOff += elapsedMs.length;
    const medianMs = this.#loads.total().p50Ms;
    for (const value of elapsedMs) if (value > medianMs) this.#loads.censored(value);
  }

  total(): LoadReport {
    return this.#report(this.#saves.total(), this.#loads.total());
  }

  recent(nowMs: number): LoadReport {
    return this.#report(this.#saves.recent(nowMs), this.#loads.recent(nowMs));
  }

  #report(save: Latency, load: Latency & { readonly finished: number }): LoadReport {
    return {
      save: { n: save.n, p50Ms: save.p50Ms, p95Ms: save.p95Ms, p99Ms: save.p99Ms, maxMs: save.maxMs },
      dashboard: {
        loads: load.finished,
        skipped: this.#skipped,
        cutOff: this.#cutOff,
        p50Ms: load.p50Ms,
        p95Ms: load.p95Ms,
      },
      errors: { ...this.#errors },
      eventLoopLag: { p99Ms: lagMs(this.#lag.percentile(99)), maxMs: lagMs(this.#lag.max) },
      workDigest: this.#digest.toString(16).padStart(16, '0'),
    };
  }
}

/** The monitor records the time between two ticks of its timer, in nanoseconds; the lag is what exceeds its period. */
const lagMs = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - lagResolutionMs);

class Series {
  readonly #all: RecordableHistogram = createHistogram({ figures: 3 });
  #recent: { readonly atMs: number; readonly valueMs: number }[] = [];
  #finished = 0;

  add(valueMs: number, atMs: number): void {
    this.#finished += 1;
    this.censored(valueMs);
    this.#recent.push({ atMs, valueMs });
    if (this.#recent.length > 10_000) this.#forget(atMs);
  }

  /** Enters the percentiles without having finished. */
  censored(valueMs: number): void {
    this.#all.record(Math.max(1, Math.round(valueMs * 1000)));
  }

  total(): Latency & { finished: number } {
    const all = this.#all;
    if (all.count === 0) return { ...none, finished: 0 };
    const at = (percent: number) => all.percentile(percent) / 1000;
    return {
      n: this.#finished,
      finished: this.#finished,
      p50Ms: at(50),
      p95Ms: at(95),
      p99Ms: at(99),
      maxMs: all.max / 1000,
    };
  }

  recent(nowMs: number): Latency & { finished: number } {
    this.#forget(nowMs);
    return { ...latencyOf(this.#recent.map(({ valueMs }) => valueMs)), finished: this.#finished };
  }

  #forget(nowMs: number): void {
    this.#recent = this.#recent.filter(({ atMs }) => atMs >= nowMs - recentMs);
  }
}

const none: Latency = { n: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0, maxMs: 0 };

/** Percentiles by nearest rank; all 0 for no values. */
export function latencyOf(values: readonly number[]): Latency {
  if (values.length === 0) return none;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { n: sorted.length, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), maxMs: at(1) };
}
