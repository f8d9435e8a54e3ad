import { describe, expect, it } from 'vitest';
import { estimateCores } from '../../../../electron/core/diagnosis/estimate-cores.ts';
import { findingDetail } from '../../../../electron/core/diagnosis/finding-detail.ts';
import { buildTimeline } from '../../../../electron/core/diagnosis/timeline.ts';
import { shareInterval } from '../../../../electron/core/diagnosis/share-interval.ts';
import { simulate, type Scenario } from '../../../support/diagnosis-scenarios.ts';

const report = {
  name: 'margin',
  text: 'select margin, sum(amount) from erp.ar_invoice_line group by 1',
  users: 2,
  cpuSeconds: 2,
  processes: 3,
};
const scenario: Scenario = {
  seed: 3,
  cores: 2,
  savesPerSecond: 40,
  quietSeconds: 40,
  incidentSeconds: 40,
  reports: [report],
};
const { input, trueDamageSeconds } = simulate(scenario);
const whole = { ...input, fromMs: input.fromMs - 40_000 };
const timeline = buildTimeline(whole, { bucketMs: 5000, stored: { fromMs: whole.fromMs, toMs: whole.toMs } });

describe('the timeline', () => {
  it('stacks sessions by class and draws the time of a save over them', () => {
    const quiet = timeline.buckets.filter(({ atMs }) => atMs < input.fromMs);
    const slow = timeline.buckets.filter(({ atMs }) => atMs >= input.fromMs);
    expect(timeline.buckets).toHaveLength(16);
    expect(quiet.every(({ reporting, damageSeconds }) => reporting === 0 && damageSeconds === 0)).toBe(true);
    expect(quiet.every(({ oltpMeanMs }) => oltpMeanMs !== null && oltpMeanMs < 3)).toBe(true);
    expect(slow.every(({ reporting }) => reporting > 3)).toBe(true);
    expect(slow.every(({ oltpMeanMs }) => oltpMeanMs !== null && oltpMeanMs > 10)).toBe(true);
  });

  it('shades all of the damage, and suggests the window that holds it', () => {
    const shaded = timeline.buckets.reduce((sum, { damageSeconds }) => sum + damageSeconds, 0);
    expect(shaded / trueDamageSeconds).toBeCloseTo(1, 1);
    expect(timeline.suggestion).toEqual({ fromMs: input.fromMs, toMs: input.toMs });
  });

  it('has no bucket and no suggestion where nobody looked', () => {
    const gap = { ...whole, samples: whole.samples.filter(({ atMs }) => atMs < whole.fromMs + 20_000) };
    const { buckets, suggestion } = buildTimeline(gap, { bucketMs: 5000, stored: null });
    expect(buckets).toHaveLength(4);
    expect(suggestion).toBeNull();
  });
});

it('an opened finding shows its sessions beside the time of a save, before and during the incident', () => {
  const { history, blocked } = findingDetail(input, 'margin');
  const before = history.activity.filter(([atMs]) => atMs < input.fromMs);
  expect(before.length).toBeGreaterThan(10);
  expect(before.every(([, sessions]) => sessions === 0)).toBe(true);
  expect(Math.max(...history.activity.map(([, sessions]) => sessions))).toBe(6);
  expect(history.oltpMeanMs).toHaveLength(16);
  expect(blocked).toEqual([]);
});

describe('the estimate of cores', () => {
  it('finds the bend where load rises step by step', () => {
    const steps = Array.from({ length: 12 }, (_, index) => ({
      ...report,
      name: `step ${index}`,
      text: `select ${index}, sum(x) from line group by ${'y'.repeat(index + 1)}`,
      users: 1,
      processes: 1,
      cpuSeconds: 400,
      startsAfterSeconds: index * 20,
    }));
    const rising = simulate({ ...scenario, cores: 4, incidentSeconds: 240, reports: steps });
    const { value, source } = estimateCores(rising.input);
    expect(source).toBe('estimate');
    expect(value).toBeGreaterThanOrEqual(3);
    expect(value).toBeLessThanOrEqual(6);
  });

  it('says unknown while nothing ever got slow', () => {
    expect(estimateCores(simulate({ ...scenario, reports: [] }).input)).toEqual({ value: null, source: 'unknown' });
  });
});

describe('the interval of a share', () => {
  const steady = Array.from({ length: 20 }, () => ({ blamed: 3, damage: 10 }));
  it('holds the share, is the same every time, and gets narrower the more was seen', () => {
    const few = shareInterval(steady, 10, 7);
    const many = shareInterval(steady, 1000, 7);
    expect(shareInterval(steady, 10, 7)).toEqual(few);
    expect(few[0]).toBeLessThan(many[0]);
    expect(few[1]).toBeGreaterThan(many[1]);
    expect(many[0]).toBeGreaterThan(0.27);
    expect(many[1]).toBeLessThan(0.33);
  });
  it('is wide where the morning was uneven', () => {
    const uneven = steady.map((one, index) => ({ ...one, blamed: index % 2 === 0 ? 6 : 0 }));
    const [low, high] = shareInterval(uneven, 1000, 7);
    expect(high - low).toBeGreaterThan(0.15);
  });
});
