import { describe, expect, it } from 'vitest';
import { retentionText } from '../../../renderer/screens/mornings/history/retention-text.ts';
import { samplerLine, standsStill } from '../../../renderer/screens/mornings/sampler-words.ts';
import type { SamplerStatus } from '../../../shared/model/connection.ts';

const sampler: SamplerStatus = {
  serverId: 's',
  running: true,
  mode: 'background',
  lastSampleAtMs: 0,
  lastSnapshotAtMs: 0,
  statements: 1,
  ownCostPercent: 0.064,
  incidentReason: null,
  storedBytes: 1,
  problem: null,
};

describe('the sampler in a few words', () => {
  it('says how it looks and what that costs', () => {
    expect(samplerLine(sampler, false)).toBe('sampling · at most 0.06 % of a core');
    expect(samplerLine({ ...sampler, mode: 'incident', ownCostPercent: null }, false)).toBe('a sample every second');
  });

  it('never sounds well while something is wrong', () => {
    expect(samplerLine(sampler, true)).toBe('sampling, but sees only a part');
    expect(samplerLine({ ...sampler, problem: 'no rights' }, false)).toBe('sampling, with a problem');
    expect(samplerLine({ ...sampler, running: false, problem: 'no rights' }, false)).toBe('not sampling');
  });
});

describe('that nothing is sampled', () => {
  const problem = 'The server is out of reach.';
  const at = { clockSkewMs: 0 };

  it('is said when a problem stands and no look has succeeded for three intervals, also while it tries on', () => {
    expect(standsStill({ ...sampler, problem }, 14_000, at)).toBe(false);
    expect(standsStill({ ...sampler, problem }, 16_000, at)).toBe(true);
    expect(standsStill({ ...sampler, problem, mode: 'incident' }, 4_000, at)).toBe(true);
    expect(standsStill({ ...sampler, problem, lastSampleAtMs: null }, 0, at)).toBe(true);
    expect(standsStill({ ...sampler, problem, running: false }, 0, at)).toBe(true);
  });

  it('is not said of a clock that goes otherwise, nor while nothing is wrong', () => {
    expect(standsStill({ ...sampler, problem }, 3_600_000, { clockSkewMs: -3_599_000 })).toBe(false);
    expect(standsStill(sampler, 3_600_000, at)).toBe(false);
  });
});

it('retention is read as it is set', () => {
  const hourMs = 3_600_000;
  expect([48 * hourMs, 14 * 24 * hourMs, 365 * 24 * hourMs].map(retentionText)).toEqual([
    '48 hours',
    '14 days',
    '1 year',
  ]);
});
