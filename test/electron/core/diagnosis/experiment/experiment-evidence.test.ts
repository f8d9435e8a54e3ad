import { describe, expect, it } from 'vitest';
import { brokenArms } from '../../../../../electron/core/diagnosis/experiment/arms.ts';
import { diagnose } from '../../../../../electron/core/diagnosis/diagnose.ts';
import { experimentResult, liveExposure } from '../../../../../electron/core/diagnosis/experiment/result.ts';
import type { EndedExperiment } from '../../../../../electron/core/diagnosis/input.ts';
import { rowOf, simulate } from '../../../../support/diagnosis-scenarios.ts';
import { at, quietSeconds, smallHistory } from '../small-history.ts';

describe('an ended experiment', () => {
  const text = 'select hash, sum(amount) from erp.ar_invoice_line group by 1';
  const hash = { name: 'hash', text, users: 2, cpuSeconds: 8, processes: 3 };
  const { input } = simulate({
    seed: 1,
    cores: 2,
    savesPerSecond: 40,
    quietSeconds: 30,
    incidentSeconds: 60,
    reports: [hash],
  });
  const experiment: EndedExperiment = {
    fingerprint: text,
    databaseName: 'erp',
    effectMs: 8,
    liveExposure: null,
    interval: [5, 11],
    p: 1 / 70,
    liveDays: 4,
    withoutDays: 4,
  };
  const first = (experiments: readonly EndedExperiment[]) => diagnose({ ...input, experiments }).findings[0];

  it('with an effect makes its suspect proven', () => {
    const finding = first([experiment]);
    expect(finding).toMatchObject({ grade: 'A', statement: { fingerprint: text } });
    expect(finding?.evidence).toContainEqual(
      expect.objectContaining({
        kind: 'experiment',
        text: 'on 8 randomised mornings (4 with it, 4 without) a save waited 8.0 ms longer with it (p = 0.014)',
      }),
    );
  });

  it('is the newest that went to its end, not the surest', () => {
    const nothingFound = { ...experiment, p: 0.4 };
    const early = { ...experiment, p: 0.001, endedEarly: true };
    expect(first([nothingFound, experiment])?.grade).not.toBe('A');
    expect(first([experiment, nothingFound])?.grade).toBe('A');
    expect(first([early])?.grade).not.toBe('A');
    expect(first([early, nothingFound])?.grade).not.toBe('A');
    expect(first([early, experiment])?.grade).toBe('A');
  });

  it('counts for as much as its suspect ran, and no less than what it was seen to do', () => {
    const { averageActiveSessions = 0, blameShare: seenShare = 0 } = first([]) ?? {};
    const withExposure = (liveExposure: number) => first([{ ...experiment, liveExposure }]);
    const shareAt = (liveExposure: number) => withExposure(liveExposure)?.evidence[0]?.share ?? 0;
    expect(shareAt(averageActiveSessions * 2)).toBeCloseTo(shareAt(averageActiveSessions) / 2, 6);
    expect(withExposure(averageActiveSessions * 1000)).toMatchObject({ grade: 'A', blameShare: seenShare });
  });

  it('leaves a lock its share in a window in which its suspect ran once', () => {
    const report = 'select sum(x) from line group by y';
    const locked = smallHistory({
      statements: { save: 'insert into invoice values ($1)', report, vacuum: 'vacuum full invoice' },
      booked: (second) => ({ save: second < quietSeconds ? [100, 2, 10] : [100, 42, 10] }),
      rows: (second) =>
        second < quietSeconds
          ? []
          : [
              rowOf('vacuum', 1, { waitEventType: 'IO', waitEvent: 'DataFileRead', queryStartMs: at(quietSeconds) }),
              rowOf('save', 2, { waitEventType: 'Lock', waitEvent: 'relation', blockedByPids: [1] }),
              ...(second === 40 ? [rowOf('report', 3, { queryStartMs: at(second) })] : []),
            ],
      incidentSeconds: 20,
    });
    // On those mornings eight of it ran, and a save waited as long as it does behind the lock.
    const proven = { ...experiment, fingerprint: report, effectMs: 40, interval: [30, 50] as const, liveExposure: 8 };
    const { findings } = diagnose({ ...locked, experiments: [proven] });
    expect(findings[0]).toMatchObject({ grade: 'B', statement: { statementId: 'vacuum' } });
    expect(findings[0]?.blameShare).toBeGreaterThan(0.95);
    expect(findings.map(({ grade }) => grade)).not.toContain('A');
  });

  it('proves nothing without an effect, or about another statement', () => {
    expect(first([{ ...experiment, p: 0.4 }])?.grade).not.toBe('A');
    expect(first([{ ...experiment, effectMs: -8, interval: [-11, -5] }])?.grade).not.toBe('A');
    expect(first([{ ...experiment, fingerprint: 'select 1' }])?.grade).not.toBe('A');
    expect(first([{ ...experiment, databaseName: 'another' }])?.grade).not.toBe('A');
  });
});

describe('the result', () => {
  const day = (arm: 'live' | 'without', damagePerSaveMs: number | null, excluded: string | null = null) =>
    ({ arm, damagePerSaveMs, excluded }) as const;

  it('leaves out what is excluded, and waits for both arms', () => {
    expect(experimentResult([day('live', 30), day('live', 20)], 1)).toBeNull();
    expect(experimentResult([day('live', 30), day('without', null)], 1)).toBeNull();
    const days = [day('live', 30), day('live', 900, 'stocktaking'), day('without', 10)];
    expect(experimentResult(days, 1)).toMatchObject({ effectMs: 20, p: 0.5, smallestP: 0.5 });
  });

  it('is that of as many sessions as ran on the mornings with it that count', () => {
    const days = [
      { ...day('live', 30), exposure: 2 },
      { ...day('live', 20), exposure: 4 },
      { ...day('live', 900, 'stocktaking'), exposure: 90 },
      { ...day('without', 10), exposure: 0 },
    ];
    expect(liveExposure(days)).toBe(3);
    expect(liveExposure(days.slice(3))).toBeNull();
  });

  it('says that few mornings cannot prove anything', () => {
    const days = [day('live', 30), day('live', 28), day('without', 10), day('without', 12)];
    expect(experimentResult(days, 1)?.text).toMatch(/^So far .*; so few mornings cannot prove anything\.$/);
  });
});

describe('an arm', () => {
  const day = (arm: 'live' | 'without', exposure: number | null, saves: number | null = 500) => ({
    arm,
    exposure,
    saves,
  });

  it('holds when the suspect was there or away as drawn, and few saves are no mean', () => {
    const reasons = brokenArms([
      day('live', 2),
      day('live', 1.8),
      day('live', 0.3),
      day('live', 0),
      day('without', 0.05),
      day('without', 0.9),
      day('without', 0, 5),
      day('without', null, null),
    ]);
    expect(reasons.map((reason) => reason?.split(',')[0]?.split(' (')[0] ?? null)).toEqual([
      null,
      null,
      'it should have run as always',
      'it should have run',
      null,
      'it should not have run',
      'only 5 saves were counted',
      null,
    ]);
  });
});
