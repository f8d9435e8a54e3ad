import { describe, expect, it } from 'vitest';
import { byUrgency, standingOf } from '../../../shared/model/schedule-standing.ts';
import { hourMs, scheduledModel } from './scheduled-model-for-tests.ts';

const reason = { code: 'load_latency', text: 'invoices take 38 ms (p95), usually 21 ms' } as const;
const stopped = { atMs: 0, sqlstate: '42501', error: 'permission denied', runId: null };
const paused = { atMs: 0, by: 'Ada', why: '' };

describe('how a read model stands', () => {
  it('is on time while its next run lies ahead, and due when it does not', () => {
    expect(standingOf(scheduledModel(), 0)).toBe('on_time');
    expect(standingOf(scheduledModel({ nextDueMs: -1, asOfMs: -hourMs }), 0)).toBe('due');
    expect(standingOf(scheduledModel({ nextDueMs: null }), 0)).toBe('follows');
    expect(standingOf(scheduledModel({ nextDueMs: null, schedule: { kind: 'hand' } }), 0)).toBe('by_hand');
  });

  it('is over budget where nothing says why', () => {
    expect(standingOf(scheduledModel({ asOfMs: -3 * hourMs }), 0)).toBe('late');
    expect(standingOf(scheduledModel({ asOfMs: -3 * hourMs, paused }), 0)).toBe('paused');
    expect(
      standingOf(scheduledModel({ asOfMs: -3 * hourMs, held: { state: 'postponed', untilMs: null, reason } }), 0),
    ).toBe('postponed');
  });

  it('has an hour for a night’s refresh before it is late', () => {
    const nightly = scheduledModel({
      asOfMs: -3 * hourMs,
      budget: { nightly: { at: '00:00', timeZone: 'UTC' } },
      nextDueMs: 0,
    });
    expect(standingOf(nightly, 0.9 * hourMs)).toBe('due');
    expect(standingOf(nightly, 1.1 * hourMs)).toBe('late');
  });

  it('never grows older than what nobody has a budget for', () => {
    expect(standingOf(scheduledModel({ asOfMs: -9 * hourMs, budget: null }), 0)).toBe('on_time');
  });
});

it('the most urgent come first: stopped, over budget, held back, on time, and of those whose budget ends first', () => {
  const models = [
    scheduledModel({ readModel: 'calm', asOfMs: 0 }),
    scheduledModel({ readModel: 'soon', asOfMs: -hourMs }),
    scheduledModel({ readModel: 'resting', paused }),
    scheduledModel({ readModel: 'resting-too-long', paused, asOfMs: -9 * hourMs }),
    scheduledModel({ readModel: 'waiting', held: { state: 'postponed', untilMs: null, reason } }),
    scheduledModel({ readModel: 'old', asOfMs: -3 * hourMs }),
    scheduledModel({ readModel: 'broken', stopped }),
  ];
  expect(models.toSorted(byUrgency(0)).map(({ readModel }) => readModel)).toEqual([
    'broken',
    'old',
    'waiting',
    'resting-too-long',
    'resting',
    'soon',
    'calm',
  ]);
});
