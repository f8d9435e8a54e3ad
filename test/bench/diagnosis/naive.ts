import type { DiagnosisInput } from '../../../electron/core/diagnosis/input.ts';

/** Whom the rankings that everybody has would name: the first statement's text, null when they name nobody. */
export interface NaiveAnswers {
  /** Total execution time in the window, as pgHero, pganalyze and pg_stat_statements' own ORDER BY do. */
  readonly totalTime: string | null;
  /** Average active sessions in the window, as Performance Insights does. */
  readonly overlap: string | null;
  /** Pearson correlation of a statement's activity with OLTP mean latency over the intervals. */
  readonly pearson: string | null;
}

/** Every statement takes part but the bench's and the sampler's own. `isSaving` tells the savers' statements. */
export function naiveAnswers(input: DiagnosisInput, isSaving: (text: string) => boolean): NaiveAnswers {
  const text = new Map(input.statements.map((statement) => [statement.statementId, statement.text ?? '']));
  const observing = observers(input);
  const best = (scores: ReadonlyMap<string, number>): string | null => {
    const ranked = [...scores]
      .filter(([id, score]) => !observing.has(id) && Number.isFinite(score) && score > 0)
      .toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
    const [first] = ranked;
    return first === undefined ? null : (text.get(first[0]) ?? '');
  };
  return {
    totalTime: best(totalTimes(input)),
    overlap: best(activeSessions(input, input)),
    pearson: best(correlations(input, (id) => isSaving(text.get(id) ?? ''))),
  };
}

function observers({ samples, ownApplicationNames }: DiagnosisInput): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { rows } of samples) {
    for (const { statementId, row } of rows) {
      if (statementId !== null && ownApplicationNames.includes(row.applicationName)) ids.add(statementId);
    }
  }
  return ids;
}

function totalTimes({ deltas, fromMs, toMs }: DiagnosisInput): Map<string, number> {
  const totals = new Map<string, number>();
  for (const set of deltas) {
    const part = overlap(set, { fromMs, toMs }) / (set.toMs - set.fromMs);
    if (part <= 0) continue;
    for (const { statementId, counters } of set.deltas) {
      totals.set(statementId, (totals.get(statementId) ?? 0) + counters.totalExecMs * part);
    }
  }
  return totals;
}

/** Parallel workers count for the statement that they work for. */
function activeSessions(
  { samples }: Pick<DiagnosisInput, 'samples'>,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Map<string, number> {
  const seen = new Map<string, number>();
  const inside = samples.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
  for (const { rows } of inside) {
    for (const { statementId, row } of rows) {
      if (statementId === null || row.state !== 'active') continue;
      seen.set(statementId, (seen.get(statementId) ?? 0) + 1 / inside.length);
    }
  }
  return seen;
}

function correlations(input: DiagnosisInput, isSaving: (id: string) => boolean): Map<string, number> {
  const points = input.deltas.flatMap((set) => {
    let calls = 0;
    let execMs = 0;
    for (const { statementId, counters } of set.deltas) {
      if (!isSaving(statementId)) continue;
      calls += counters.calls;
      execMs += counters.totalExecMs;
    }
    return calls === 0 ? [] : [{ latencyMs: execMs / calls, activity: activeSessions(input, set) }];
  });
  // What is slow goes with itself: whoever correlates leaves the victims out.
  const ids = new Set(points.flatMap(({ activity }) => [...activity.keys()].filter((id) => !isSaving(id))));
  return new Map(
    [...ids].map((id) => [
      id,
      pearson(points.map(({ latencyMs, activity }) => [activity.get(id) ?? 0, latencyMs] as const)),
    ]),
  );
}

/** Pearson's r; NaN for fewer than three points or where one side does not vary. */
export function pearson(points: readonly (readonly [number, number])[]): number {
  if (points.length < 3) return Number.NaN;
  const meanOf = (side: 0 | 1) => points.reduce((sum, point) => sum + point[side], 0) / points.length;
  const [meanX, meanY] = [meanOf(0), meanOf(1)];
  let xy = 0;
  let xx = 0;
  let yy = 0;
  for (const [x, y] of points) {
    xy += (x - meanX) * (y - meanY);
    xx += (x - meanX) ** 2;
    yy += (y - meanY) ** 2;
  }
  return xx === 0 || yy === 0 ? Number.NaN : xy / Math.sqrt(xx * yy);
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}
const overlap = (a: Span, b: Span): number => Math.max(0, Math.min(a.toMs, b.toMs) - Math.max(a.fromMs, b.fromMs));
