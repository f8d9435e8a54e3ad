import { expect, test } from 'vitest';
import { lanes } from '../../../../electron/core/dashboards/lanes.ts';
import { RecentReads } from '../../../../electron/core/dashboards/recent-reads.ts';
import type { WidgetData } from '../../../../shared/model/dashboard.ts';

const data = (rows: number): WidgetData => ({
  widgetId: 'w',
  columns: [{ name: 'n', type: 'integer' }],
  rows: Array.from({ length: rows }, (_, n) => [String(n)]),
  freshness: { asOf: '2026-11-20T07:30:00Z', source: 'live', state: 'fresh' },
  tookMs: 3,
});

test('what another window read a moment ago will do, and not for longer', () => {
  const recent = new RecentReads();
  const read = data(1);
  recent.put('sales', read, 1_000);
  expect(recent.get('sales', 15_000, 16_000)).toBe(read);
  expect(recent.get('sales', 15_000, 16_001)).toBeNull();
  expect(recent.get('stock', 15_000, 1_000)).toBeNull();
  // The clock was set back: nothing says how old it is.
  expect(recent.get('sales', 15_000, 500)).toBeNull();
});

test('large results and old ones are not held on to', () => {
  const recent = new RecentReads();
  for (let n = 0; n < 6; n += 1) recent.put(`wide ${n}`, data(50_000), n);
  expect([0, 1, 2, 3, 4, 5].map((n) => recent.get(`wide ${n}`, 60_000, 10) !== null)).toEqual([
    false,
    false,
    true,
    true,
    true,
    true,
  ]);
  recent.put('later', data(1), 100_000);
  expect(recent.get('wide 5', 600_000, 100_000)).toBeNull();
  expect(recent.get('later', 600_000, 100_000)).not.toBeNull();
});

test('at most so many run at a time, in the order in which they came; who left is not begun', async () => {
  const enter = lanes(2);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const run = (name: string, signal?: AbortSignal) =>
    enter(() => {
      begun.push(name);
      return new Promise<void>((resolve) => ends.set(name, resolve));
    }, signal);
  const left = new AbortController();
  const all = [run('a'), run('b'), run('c', left.signal), run('d')];
  const outcome = all[2]?.catch((error: unknown) => error);
  await Promise.resolve();
  expect(begun).toEqual(['a', 'b']);
  left.abort(new Error('left'));
  ends.get('b')?.();
  await expect.poll(() => begun).toEqual(['a', 'b', 'd']);
  expect(await outcome).toMatchObject({ message: 'left' });
  ends.get('a')?.();
  ends.get('d')?.();
  await Promise.all([all[0], all[1], all[3]]);
});
