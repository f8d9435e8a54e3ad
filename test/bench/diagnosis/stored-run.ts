import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { DiagnosisInput } from '../../../electron/core/diagnosis/input.ts';
import type { LoadResult } from './load/order.ts';
import type { Calibration, RunPlan, Span } from './plan.ts';

/** One run with all that is known of it: enough to be judged again without a server. */
export interface StoredRun {
  readonly scenario: string;
  readonly seed: number;
  readonly calibration: Calibration;
  readonly serverVersion: string;
  /** Of the machine at its end: others' work is outside stress. */
  readonly loadAverage: number;
  /** Processors that other programs kept busy meanwhile (in S7 the stress among them); null where it is not known. */
  readonly othersCores: number | null;
  /** Moment of the run's 0, ms since the epoch. */
  readonly startedAtMs: number;
  readonly plan: Pick<RunPlan, 'quiet' | 'incident' | 'main' | 'calendar' | 'rhythm'> & {
    /** The pair, where it was played: each half waits until the savers have nothing left of what came before. */
    readonly paired: readonly Span[];
  };
  /** As the savers lived through it, in the run's times. */
  readonly client: LoadResult;
  /**
   * What the diagnosis was given, but with all of the run in it: `shown` cuts off what came before the main part and
   * after the question. The pair is measured on the rest.
   */
  readonly history: DiagnosisInput;
  /** The moment at which somebody asked for a verdict, ms since the epoch. */
  readonly asOfMs: number;
}

/** The history as the diagnosis knows it at the moment of the question: from the main part's beginning until then. */
export function shown({
  history,
  startedAtMs,
  plan,
  asOfMs,
}: Pick<StoredRun, 'history' | 'startedAtMs' | 'asOfMs'> & { readonly plan: Pick<RunPlan, 'main'> }): DiagnosisInput {
  const sinceMs = startedAtMs + plan.main.fromMs;
  return {
    ...history,
    deltas: history.deltas.filter(({ fromMs, toMs }) => fromMs >= sinceMs && toMs <= asOfMs),
    samples: history.samples.filter(({ atMs }) => atMs >= sinceMs && atMs <= asOfMs),
  };
}

/** The same run where nobody entered in the connection how many cores the server has. */
export const withoutCores = (run: StoredRun): StoredRun => ({
  ...run,
  history: { ...run.history, cores: { value: null, source: 'unknown' } },
});

export const fileName = ({ scenario, seed }: Pick<StoredRun, 'scenario' | 'seed'>): string =>
  `${scenario}-seed${seed}.json.gz`;

export async function keepRun(dir: string, run: StoredRun): Promise<void> {
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, fileName(run)), gzipSync(JSON.stringify(run, tagged)));
}

/** Runs that `keepRun` left, in the order of scenarios and seeds. */
export async function readRuns(dir: string): Promise<StoredRun[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.json.gz'));
  const runs = await Promise.all(
    names.map(async (name) => {
      const text = gunzipSync(await readFile(join(dir, name))).toString('utf8');
      return JSON.parse(text, untagged) as StoredRun;
    }),
  );
  const order = ({ scenario, seed }: StoredRun) => Number(scenario.slice(1)) * 1e9 + seed;
  return runs.toSorted((a, b) => order(a) - order(b));
}

/** As plain data: counters and texts of a history are read where they stand, and stay behind with their store. */
export const detached = (history: DiagnosisInput): DiagnosisInput =>
  JSON.parse(JSON.stringify(history, tagged), untagged) as DiagnosisInput;

/** JSON knows neither maps nor typed arrays. */
function tagged(_key: string, value: unknown): unknown {
  if (value instanceof Map) return { $map: [...value] };
  if (value instanceof Float64Array) return { $float64: [...value] };
  if (value instanceof Int32Array) return { $int32: [...value] };
  return value;
}

function untagged(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { $map, $float64, $int32 } = value as { $map?: [unknown, unknown][]; $float64?: number[]; $int32?: number[] };
  if ($map !== undefined) return new Map($map);
  if ($float64 !== undefined) return Float64Array.from($float64);
  if ($int32 !== undefined) return Int32Array.from($int32);
  return value;
}
