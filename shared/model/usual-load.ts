import { zonedTime } from '../format/zoned-time.ts';
import type { Timeline } from './diagnosis.ts';

export const loadLayers = ['oltp', 'reporting', 'batch', 'maintenance', 'lockWaits'] as const;
export type LoadLayer = (typeof loadLayers)[number];

/** Average active sessions by class in one stretch of the day. */
export type LoadSlot = Readonly<Record<LoadLayer, number>>;

/** The ERP's usual day: a slot for every stretch of a day, null where no day of that kind was sampled then. */
export interface UsualLoad {
  readonly slotMinutes: number;
  readonly workdays: readonly (LoadSlot | null)[];
  readonly weekends: readonly (LoadSlot | null)[];
  /** Days of each kind that it is made of. */
  readonly days: { readonly workdays: number; readonly weekends: number };
}

/**
 * The usual day out of stored history: the mean of what was sampled at each time of the day, Monday to Friday apart from
 * the weekend. A bucket that is longer than a slot counts for all that it covers.
 */
export function usualLoad(
  { buckets, bucketMs }: Pick<Timeline, 'buckets' | 'bucketMs'>,
  timeZone: string,
  slotMinutes = 30,
): UsualLoad {
  const slots = Math.ceil(1440 / slotMinutes);
  const sums = { workdays: emptySums(slots), weekends: emptySums(slots) };
  const seen = { workdays: new Set<string>(), weekends: new Set<string>() };
  const stepMs = slotMinutes * 60_000;
  for (const bucket of buckets) {
    for (let atMs = bucket.atMs; atMs < bucket.atMs + bucketMs; atMs += stepMs) {
      const { year, month, day, hour, minute } = zonedTime(atMs, timeZone);
      const kind = dayKind(year, month, day);
      seen[kind].add(`${year}-${month}-${day}`);
      const sum = sums[kind][Math.floor((hour * 60 + minute) / slotMinutes)];
      if (sum === undefined) continue;
      sum.count += 1;
      for (const layer of loadLayers) sum[layer] += bucket[layer];
    }
  }
  return {
    slotMinutes,
    workdays: sums.workdays.map(meanOf),
    weekends: sums.weekends.map(meanOf),
    days: { workdays: seen.workdays.size, weekends: seen.weekends.size },
  };
}

/** What is usual at a moment; null where nothing is known of such a day. A weekend without a sample is not a workday. */
export function usualAt(
  { slotMinutes, workdays, weekends }: UsualLoad,
  atMs: number,
  timeZone: string,
): LoadSlot | null {
  const { year, month, day, hour, minute } = zonedTime(atMs, timeZone);
  const slots = dayKind(year, month, day) === 'workdays' ? workdays : weekends;
  return slots[Math.floor((hour * 60 + minute) / slotMinutes)] ?? null;
}

export const sessionsOf = (slot: LoadSlot): number => loadLayers.reduce((sum, layer) => sum + slot[layer], 0);

/** One step of a load curve: what was measured, or what is usual. */
export interface LoadStep {
  readonly atMs: number;
  readonly toMs: number;
  /** Null: nothing is known of it. */
  readonly slot: LoadSlot | null;
  readonly measured: boolean;
}

/** The load of a span: as measured up to now, and as usual from then on. */
export function loadCurve(
  { buckets, bucketMs }: Pick<Timeline, 'buckets' | 'bucketMs'>,
  usual: UsualLoad,
  span: { readonly fromMs: number; readonly toMs: number; readonly nowMs: number },
  timeZone: string,
): readonly LoadStep[] {
  const steps: LoadStep[] = buckets
    .filter(({ atMs }) => atMs + bucketMs > span.fromMs && atMs < Math.min(span.nowMs, span.toMs))
    .map((bucket) => ({ atMs: bucket.atMs, toMs: bucket.atMs + bucketMs, slot: bucket, measured: true }));
  const stepMs = usual.slotMinutes * 60_000;
  const firstMs = Math.max(span.nowMs, span.fromMs);
  for (let atMs = firstMs; atMs < span.toMs;) {
    const toMs = Math.min(span.toMs, Math.floor(atMs / stepMs) * stepMs + stepMs);
    steps.push({ atMs, toMs, slot: usualAt(usual, atMs, timeZone), measured: false });
    atMs = toMs;
  }
  return steps;
}

type Sum = Record<LoadLayer, number> & { count: number };

const emptySums = (count: number): Sum[] =>
  Array.from({ length: count }, () => ({ oltp: 0, reporting: 0, batch: 0, maintenance: 0, lockWaits: 0, count: 0 }));

function meanOf({ count, ...sums }: Sum): LoadSlot | null {
  if (count === 0) return null;
  return {
    oltp: sums.oltp / count,
    reporting: sums.reporting / count,
    batch: sums.batch / count,
    maintenance: sums.maintenance / count,
    lockWaits: sums.lockWaits / count,
  };
}

function dayKind(year: number, month: number, day: number): 'workdays' | 'weekends' {
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  return weekday === 0 || weekday === 6 ? 'weekends' : 'workdays';
}
