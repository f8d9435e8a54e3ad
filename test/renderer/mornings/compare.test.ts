import { describe, expect, it } from 'vitest';
import {
  changeOf,
  daysBefore,
  inOrder,
  isStored,
  windowText,
} from '../../../renderer/screens/mornings/compare/other-mornings.ts';
import type { Comparison } from '../../../shared/model/diagnosis.ts';

const minuteMs = 60_000;
const morning = { fromMs: Date.UTC(2026, 10, 20, 7, 52), toMs: Date.UTC(2026, 10, 20, 8, 21) };
const part = { calls: 1, meanMs: 1, averageActiveSessions: 0, blameShare: 0, grade: null, damageSeconds: 0 };
const compared = (
  before: Partial<typeof part> | null,
  after: Partial<typeof part> | null,
): Comparison['statements'][number] => ({
  statement: {
    statementId: '1',
    databaseName: null,
    roleName: null,
    queryid: null,
    toplevel: true,
    text: null,
    fingerprint: 'f',
    class: 'reporting',
    classSource: 'score',
    applicationNames: [],
    widgetId: null,
  },
  before: before === null ? null : { ...part, ...before },
  after: after === null ? null : { ...part, ...after },
});

describe('the other morning', () => {
  it('has the same clock times and the same length, days before', () => {
    const before = daysBefore(morning, 7);
    expect(new Date(before.fromMs).getDay()).toBe(new Date(morning.fromMs).getDay());
    expect(new Date(before.fromMs).getHours()).toBe(new Date(morning.fromMs).getHours());
    expect(before.toMs - before.fromMs).toBe(29 * minuteMs);
  });

  it('can be compared where any of it is stored', () => {
    const stored = { fromMs: morning.fromMs - 30 * minuteMs, toMs: morning.toMs };
    expect(isStored(morning, stored)).toBe(true);
    expect(isStored(daysBefore(morning, 1), stored)).toBe(false);
    expect(isStored(morning, null)).toBe(false);
  });

  it('is before or after by time, whichever was chosen first', () => {
    const earlier = daysBefore(morning, 1);
    expect(inOrder(morning, earlier)).toEqual({ before: earlier, after: morning });
    expect(inOrder(earlier, morning)).toEqual({ before: earlier, after: morning });
  });

  it('is told with seconds where it is short', () => {
    expect(windowText(morning, 'UTC')).toBe('Fri 20 Nov, 07:52 – 08:21');
    expect(windowText({ ...morning, toMs: morning.fromMs + 27_000 }, 'UTC')).toContain('07:52:00 – 07:52:27');
  });
});

describe('what makes the difference', () => {
  it('is a share of blame or of what was suffered, whichever changed more', () => {
    expect(changeOf(compared({ blameShare: 0.7 }, { blameShare: 0.1 }), 100)).toBeCloseTo(0.6);
    expect(changeOf(compared(null, { damageSeconds: 40 }), 100)).toBeCloseTo(0.4);
    expect(changeOf(compared({}, {}), 0)).toBe(0);
  });
});
