import { describe, expect, it } from 'vitest';
import { brokenArms } from '../../../../../electron/core/diagnosis/experiment/arms.ts';
import { diagnose } from '../../../../../electron/core/diagnosis/diagnose.ts';
import { experimentResult } from '../../../../../electron/core/diagnosis/experiment/result.ts';
import type { EndedExperiment } from '../../../../../electron/core/diagnosis/input.ts';
import { simulate } from '../../../../support/diagnosis-scenarios.ts';

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
