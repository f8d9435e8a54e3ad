import { describe, expect, it } from 'vitest';
import {
  damageSpans,
  latencyBeyondScale,
  latencyCeiling,
  sessionsCeiling,
  withGaps,
  type TimelineBucket,
} from '../../../renderer/charts/timeline-data.ts';
import { bucketText, tickLabel, timelineOption } from '../../../renderer/charts/timeline-option.ts';
import type { Timeline } from '../../../shared/model/diagnosis.ts';
import { palette } from '../../shared/charts/palette-for-tests.ts';

const startMs = Date.UTC(2026, 10, 20, 7, 0);
const bucket = (minute: number, part: Partial<TimelineBucket> = {}): TimelineBucket => ({
  atMs: startMs + minute * 60_000,
  oltp: 0.5,
  reporting: 0,
  batch: 0,
  maintenance: 0,
  lockWaits: 0,
  oltpMeanMs: 2,
  oltpCalls: 40,
  damageSeconds: 0,
  ...part,
});
const at = (minute: number) => startMs + minute * 60_000;
const timeline = (buckets: readonly TimelineBucket[]): Timeline => ({
  fromMs: startMs,
  toMs: at(60),
  bucketMs: 60_000,
  cores: 2,
  coresSource: 'estimate',
  buckets: [...buckets],
  storedFromMs: startMs,
  storedToMs: at(60),
  origins: { applicationNames: [], roleNames: [], databaseNames: [] },
  suggestion: null,
});

describe('the damage that is shaded', () => {
  it('is one stretch per run of hurt buckets; a single quiet bucket does not split it', () => {
    const hurt = [10, 11, 13, 30].map((minute) => bucket(minute, { damageSeconds: 2 }));
    expect(damageSpans([...hurt, bucket(40)], 60_000)).toEqual([
      { fromMs: at(10), toMs: at(14), damageSeconds: 6 },
      { fromMs: at(30), toMs: at(31), damageSeconds: 2 },
    ]);
  });
});

describe('a timeline', () => {
  it('breaks its lines where nobody looked instead of drawing through', () => {
    const points = withGaps([bucket(0), bucket(1), bucket(9)], 60_000, (b) => b.oltpMeanMs);
    expect(points).toEqual([
      [at(0.5), 2],
      [at(1.5), 2],
      [at(2), null],
      [at(9.5), 2],
    ]);
  });

  it('has room for the stack and for the cores line', () => {
    expect(sessionsCeiling([bucket(0, { reporting: 9, lockWaits: 1.5 })], 2)).toBeGreaterThan(11);
    expect(sessionsCeiling([bucket(0)], 8)).toBeGreaterThan(8);
  });

  it('keeps its latency readable beside a moment in which hardly a save ended, and says how high that was', () => {
    const morning = Array.from({ length: 60 }, (_, minute) => bucket(minute, { oltpMeanMs: minute < 30 ? 2 : 300 }));
    expect(latencyCeiling(morning)).toBeNull();
    expect(latencyBeyondScale(morning)).toBeNull();
    const stuck = [...morning, bucket(60, { oltpMeanMs: 55_000, oltpCalls: 1 })];
    expect(latencyCeiling(stuck)).toBeCloseTo(345);
    expect(latencyBeyondScale(stuck)).toBe(55_000);
  });

  it('never takes from sight what many saves waited, or what went on', () => {
    const quiet = Array.from({ length: 60 }, (_, minute) => bucket(minute));
    expect(latencyCeiling([...quiet, bucket(60, { oltpMeanMs: 900 })])).toBeNull();
    const standstill = Array.from({ length: 6 }, (_, more) => bucket(60 + more, { oltpMeanMs: 9000, oltpCalls: 1 }));
    expect(latencyCeiling([...quiet, ...standstill])).toBeNull();
    expect(latencyCeiling([])).toBeNull();
  });

  it('says on hover what a bucket held, and leaves out what it did not', () => {
    const text = bucketText(
      bucket(52, { reporting: 6.14, damageSeconds: 12, oltpMeanMs: 26 }),
      60_000,
      'Europe/Berlin',
    );
    expect(text.split('\n')).toEqual([
      '08:52 – 08:53',
      'OLTP: 0.5 sessions',
      'reporting: 6.1 sessions',
      'OLTP mean: 26 ms',
      'OLTP calls: 40',
      'damage: 12 s of extra waiting',
    ]);
  });

  it('labels midnight with its day when it shows more than one', () => {
    expect(tickLabel(Date.UTC(2026, 10, 20), 48 * 3_600_000, 'UTC')).toBe('20 Nov');
    expect(tickLabel(Date.UTC(2026, 10, 20), 3_600_000, 'UTC')).toBe('00:00');
  });

  it('tells its layers apart without colour', () => {
    const option = timelineOption({ timeline: timeline([bucket(0)]), palette, timeZone: 'UTC' });
    const series = Array.isArray(option.series) ? option.series : [];
    const patterns = series.flatMap((one) =>
      'areaStyle' in one
        ? [JSON.stringify(Object.entries(one.areaStyle ?? {}).find(([name]) => name === 'decal'))]
        : [],
    );
    expect(new Set(patterns).size).toBe(5);
  });
});
