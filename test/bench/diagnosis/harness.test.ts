import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { distinctStatement } from './actors/disturbances.ts';
import { planArrivals } from './load/arrivals.ts';
import { pearson } from './naive.ts';
import { keepRun, readRuns, shown, withoutCores, type StoredRun } from './stored-run.ts';
import { truthOf } from './truth.ts';

const catalogue = {
  customers: [{ customerId: 1, regionId: 2, paymentDays: 30 }],
  items: Array.from({ length: 50 }, (_, index) => ({ itemId: index + 1, priceCents: 100, costCents: 60 })),
  warehouses: [1, 2, 3],
};
const segment = { savesPerSecond: 50, linesPerInvoice: 3, stream: 2 };

describe('the load of the ground-truth harness', () => {
  it('gives the pair the same saves at the same distances', () => {
    const incident = { ...segment, fromMs: 10_000, toMs: 20_000 };
    const paired = { ...segment, fromMs: 30_000, toMs: 40_000 };
    const planned = planArrivals(7, [incident, paired], catalogue);
    const half = planned.length / 2;
    expect(half).toBeGreaterThan(400);
    const shifted = planned
      .slice(0, half)
      .map((save) => ({ ...save, intendedMs: Math.round(save.intendedMs + 20_000) }));
    expect(planned.slice(half).map((save) => ({ ...save, intendedMs: Math.round(save.intendedMs) }))).toEqual(shifted);
  });

  it('gives the halves of a pair the saves of one incident', () => {
    const plan = (...segments: (typeof segment & { fromMs: number; toMs: number; streamFromMs?: number })[]) =>
      planArrivals(7, segments, catalogue).map((save) => ({ ...save, intendedMs: Math.round(save.intendedMs) }));
    const incident = plan({ ...segment, fromMs: 10_000, toMs: 20_000 });
    const halves = plan(
      { ...segment, fromMs: 0, toMs: 5_000 },
      { ...segment, fromMs: 25_000, toMs: 30_000, streamFromMs: 5_000 },
    );
    expect(halves.map(({ intendedMs, ...save }) => ({ ...save, intendedMs: intendedMs % 10_000 }))).toEqual(
      incident.map(({ intendedMs, ...save }) => ({ ...save, intendedMs: intendedMs % 10_000 })),
    );
  });

  it('plans another run for another seed', () => {
    const plan = (seed: number) => planArrivals(seed, [{ ...segment, fromMs: 0, toMs: 1_000 }], catalogue);
    expect(plan(1)).toEqual(plan(1));
    expect(plan(1)).not.toEqual(plan(2));
  });

  it('writes no distinct statement twice in a run', () => {
    const written = Array.from({ length: 8_000 }, (_, n) => distinctStatement(n));
    expect(new Set(written).size).toBe(8_000);
  });
});

describe('the truth of a run', () => {
  const plan = {
    quiet: { fromMs: 0, toMs: 100 },
    incident: { fromMs: 100, toMs: 200 },
    paired: [
      { fromMs: -50, toMs: 0 },
      { fromMs: 200, toMs: 250 },
    ],
  };
  const save = (intendedMs: number, latencyMs: number) => ({ intendedMs, latencyMs });
  const run = (saves: ReturnType<typeof save>[]) =>
    truthOf({ plan, client: { saves } } as unknown as Pick<StoredRun, 'plan' | 'client'>);

  it('is the part of the waiting that goes away with the culprit', () => {
    // 4 ms in quiet times; 40 ms of waiting with the culprit, 10 ms of it also without.
    const saves = [save(-10, 7), save(10, 4), save(110, 24), save(120, 24), save(210, 11)];
    expect(run(saves)).toMatchObject({ quietMeanMs: 4, incidentMeanMs: 24, pairedMeanMs: 9, share: 0.75 });
  });

  it('is not known where nobody waited', () => {
    expect(run([save(10, 4), save(110, 4), save(210, 4)])).toMatchObject({ excessSeconds: 0, share: null });
  });
});

describe('a kept run', () => {
  it('comes back as it was, and is cut at the moment of the question', async () => {
    const moments = [1_000, 2_000, 3_000];
    const samples = moments.map((atMs) => ({ atMs, rows: [] }));
    const deltas = moments.map((toMs) => ({ fromMs: toMs - 1_000, toMs, deltas: [] }));
    const input = { samples, deltas } as unknown as StoredRun['history'];
    const days = [{ statementIds: Int32Array.of(1, 2), calls: Float64Array.of(0.5, 2) }];
    const history = { ...input, overrides: new Map([['fingerprint', 'batch']]), days };
    const kept = { scenario: 'S1', seed: 3, history } as unknown as StoredRun;
    const dir = await mkdtemp(join(tmpdir(), 'daybreak-kept-'));
    try {
      await keepRun(dir, kept);
      expect(await readRuns(dir)).toEqual([kept]);
    } finally {
      await rm(dir, { recursive: true });
    }
    const run = { history: input, startedAtMs: 500, asOfMs: 2_500, plan: { main: { fromMs: 500, toMs: 2_000 } } };
    expect(shown(run)).toMatchObject({ samples: samples.slice(0, 2), deltas: deltas.slice(1, 2) });
  });
});

describe('a run without cores', () => {
  it('has the cores to be estimated, and all the rest as it was', () => {
    const history = { cores: { value: 2, source: 'setting' }, timeZone: 'UTC' };
    const run = { scenario: 'S5', seed: 1, history } as unknown as StoredRun;
    expect(withoutCores(run)).toEqual({ ...run, history: { ...history, cores: { value: null, source: 'unknown' } } });
  });
});

describe("Pearson's r", () => {
  it('is 1 on a line, and unknown where nothing varies', () => {
    const rising = [
      [1, 10],
      [2, 20],
      [3, 30],
    ] as const;
    expect(pearson(rising)).toBeCloseTo(1);
    expect(pearson(rising.map(([, y]) => [1, y] as const))).toBeNaN();
  });
});
