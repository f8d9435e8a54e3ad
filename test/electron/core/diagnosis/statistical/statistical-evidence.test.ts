import { describe, expect, it } from 'vitest';
import { findBaseline } from '../../../../../electron/core/diagnosis/baseline.ts';
import { measureDamage, sum } from '../../../../../electron/core/diagnosis/damage.ts';
import type { DiagnosisInput } from '../../../../../electron/core/diagnosis/input.ts';
import {
  statisticalEvidence,
  type SuspectStatistics,
} from '../../../../../electron/core/diagnosis/statistical/statistical-evidence.ts';
import { study } from '../../../../../electron/core/diagnosis/study.ts';
import { simulate } from '../../../../support/diagnosis-scenarios.ts';
import { manyMornings, type KnownSuspect } from './many-mornings.ts';

function evidenceOf(input: DiagnosisInput) {
  const studied = study(input);
  const window = { fromMs: input.fromMs, toMs: input.toMs };
  const { intervals, catalog, cores, unit } = studied;
  const baseline = findBaseline(intervals, catalog, { incident: window, given: null, cores, unit });
  const damageSeconds = sum(measureDamage(intervals, window, baseline, studied).map(({ seconds }) => seconds));
  const { bySuspect, groups, days } = statisticalEvidence({ input, studied, window, baseline, damageSeconds, seed: 3 });
  const byId = new Map([...bySuspect].map(([group, found]) => [group.statement.statementId, found]));
  const of = (statementId: string): SuspectStatistics => {
    const found = byId.get(statementId);
    if (found === undefined) throw new Error(`${statementId} was not looked at`);
    return found;
  };
  return {
    of,
    all: [...byId.values()],
    days,
    groups: groups.map((members) => members.map(({ statement }) => statement.statementId).toSorted()),
  };
}

/** One run a day of half an hour, beginning up to `jitter` minutes before or after eight. */
const around =
  (jitter: number, chance = 1): KnownSuspect['runs'] =>
  (_day, random) => {
    const from = 60 + Math.round((2 * random() - 1) * jitter);
    return random() < chance ? [[from, from + 30, 2]] : [];
  };
/** Everybody logs in at eight. */
const loginWave = (_day: number, minute: number, random: () => number) =>
  minute >= 60 && minute < 75 ? 4 * (0.5 + random()) : 0;
const seeds = [1, 2, 3, 4];

describe('over ten mornings', () => {
  it('a report that moves about is told from the login wave and from a harmless one, with about its true share', () => {
    for (const seed of seeds) {
      const known = manyMornings({
        seed,
        days: 10,
        suspects: [
          { statementId: '10', runs: around(25), effectMs: 6 },
          { statementId: '11', runs: around(20), effectMs: 0 },
        ],
        otherMs: loginWave,
      });
      const { of, days, groups } = evidenceOf(known.input);
      expect(days).toBe(10);
      expect(groups).toEqual([]);
      expect(of('10')).toMatchObject({ supports: true, basis: 'days', leadPlacebo: 'clean', workRefit: 'agrees' });
      expect(Math.abs(of('10').share - known.shareOf('10'))).toBeLessThan(0.1);
      expect(of('10').evidence.text).toMatch(/^over 10 days \(active on 10\), \d+ % of this damage goes with it/);
      expect(of('11').supports).toBe(false);
      expect(of('11').share).toBeLessThan(0.1);
    }
  });

  it('one that runs at eight sharp cannot be told from the login wave, and the experiment is named', () => {
    for (const seed of seeds) {
      const suspects = [{ statementId: '10', runs: around(0), effectMs: 6 }];
      const found = evidenceOf(manyMornings({ seed, days: 10, suspects, otherMs: loginWave }).input).of('10');
      expect(found).toMatchObject({ identifiable: false, supports: false });
      expect(found.caveats).toContainEqual({
        kind: 'not_identifiable',
        text: 'it ran at the same clock time on 10 of 10 days, so it cannot be told from whatever else happens then: run the experiment',
      });
    }
  });

  it('one that stays away on some mornings can be told, though it always runs at eight sharp', () => {
    const runs: KnownSuspect['runs'] = (day) => (day % 3 === 1 ? [] : [[60, 90, 2]]);
    const known = manyMornings({
      seed: 4,
      days: 10,
      suspects: [{ statementId: '10', runs, effectMs: 6 }],
      otherMs: loginWave,
    });
    const found = evidenceOf(known.input).of('10');
    expect(found).toMatchObject({ identifiable: true, supports: true });
    expect(Math.abs(found.share - known.shareOf('10'))).toBeLessThan(0.15);
  });

  it('two that always run together are one group, with one share', () => {
    const together: KnownSuspect['runs'] = (day) => [[40 + ((day * 37) % 50), 60 + ((day * 37) % 50), 2]];
    const suspects = ['10', '11'].map((statementId) => ({ statementId, runs: together, effectMs: 3 }));
    const alone = { statementId: '12', runs: around(25), effectMs: 0 };
    const { of, groups } = evidenceOf(manyMornings({ seed: 2, days: 10, suspects: [...suspects, alone] }).input);
    expect(groups).toEqual([['10', '11']]);
    expect(of('10').collinearWith.map(({ statement }) => statement.statementId)).toEqual(['11']);
    expect(of('10').share).toBe(of('11').share);
    expect(of('10').caveats.map(({ kind }) => kind)).toEqual(['collinear']);
    expect(of('12').collinearWith).toEqual([]);
  });

  it('one that is only slow with everything else does no more work then: reverse causation', () => {
    const slowSpell = (day: number, minute: number, random: () => number) => {
      const from = 60 + ((day * 17) % 30);
      return minute >= from && minute < from + 25 ? 4 * (0.5 + random()) : 0;
    };
    for (const seed of seeds) {
      const suspects = [{ statementId: '10', runs: () => [[0, 180, 1]] as const, effectMs: 0, stretched: true }];
      const found = evidenceOf(manyMornings({ seed, days: 10, suspects, otherMs: slowSpell }).input).of('10');
      expect(found).toMatchObject({ workRefit: 'disagrees', supports: false });
      expect(found.caveats.map(({ kind }) => kind)).toContain('reverse_causation');
    }
  });

  it('one that always begins when saving is slow already came too late', () => {
    const slow = (day: number, minute: number) => {
      const from = 50 + ((day * 13) % 40);
      return minute >= from && minute < from + 40 ? 5 : 0;
    };
    const runs: KnownSuspect['runs'] = (day) => [[70 + ((day * 13) % 40), 90 + ((day * 13) % 40), 2]];
    const known = manyMornings({
      seed: 5,
      days: 10,
      suspects: [{ statementId: '10', runs, effectMs: 0 }],
      otherMs: slow,
    });
    const found = evidenceOf(known.input).of('10');
    expect(found).toMatchObject({ leadPlacebo: 'failed', supports: false });
    expect(found.caveats.map(({ kind }) => kind)).toContain('lead_placebo');
  });

  it('nobody is supported where the slowness has nothing to do with them, in all but a few of forty tries', () => {
    let supported = 0;
    let tried = 0;
    for (let seed = 1; seed <= 20; seed += 1) {
      const suspects = [
        { statementId: '10', runs: around(25), effectMs: 0 },
        { statementId: '11', runs: around(25, 0.5), effectMs: 0 },
      ];
      const otherMs = (_day: number, minute: number, random: () => number) =>
        minute >= 50 && minute < 100 ? 6 * random() : 0;
      const { all } = evidenceOf(manyMornings({ seed, days: 8, suspects, otherMs }).input);
      tried += all.length;
      supported += all.filter(({ supports }) => supports).length;
    }
    expect(tried).toBeGreaterThan(25);
    expect(supported).toBeLessThanOrEqual(2);
  });

  it('the interval holds the true mean effect in most tries, though it differs from day to day', () => {
    let held = 0;
    const tries = 16;
    for (let seed = 1; seed <= tries; seed += 1) {
      // Today it hurts as much as on the middle one of its days.
      const strength = (day: number) => (day === 11 ? 1 : 1 + 0.6 * Math.sin(day * 2.4 + seed));
      const known = manyMornings({
        seed,
        days: 12,
        suspects: [{ statementId: '10', runs: around(25), effectMs: 4, strength }],
        otherMs: (day, minute, random) => loginWave(day, minute, random) + 0.5 * ((day + 1) % 3) + 2 * (random() - 0.5),
      });
      const { interval } = evidenceOf(known.input).of('10');
      const truth = known.shareOf('10');
      if (interval[0] <= truth && truth <= interval[1]) held += 1;
    }
    expect(held).toBeGreaterThanOrEqual(13);
  });
});

describe('in one morning', () => {
  it('five runs that hurt every time are enough for a suspicion; a report that runs all the time is none', () => {
    for (const seed of seeds) {
      const runs: KnownSuspect['runs'] = (_day, random) =>
        [50, 62, 75, 88, 100].map((from) => [from + Math.round(3 * random()), from + 5, 2] as const);
      const suspects = [
        { statementId: '10', runs, effectMs: 6 },
        { statementId: '11', runs: () => [[50, 110, 2]] as const, effectMs: 0 },
      ];
      const known = manyMornings({ seed, days: 1, suspects });
      const { of, days } = evidenceOf(known.input);
      expect(days).toBe(1);
      expect(of('10')).toMatchObject({ supports: true, basis: 'morning', runs: 5 });
      expect(Math.abs(of('10').share - known.shareOf('10'))).toBeLessThan(0.1);
      expect(of('11').supports).toBe(false);
    }
  });

  it('a single run proves little, however exactly it meets the slowness', () => {
    const suspects = [{ statementId: '10', runs: () => [[60, 95, 2]] as const, effectMs: 6 }];
    const found = evidenceOf(manyMornings({ seed: 1, days: 1, suspects }).input).of('10');
    expect(found.supports).toBe(false);
    expect(found.p).toBeGreaterThan(0.1);
    expect(found.runs).toBe(1);
    // Slow while it ran, and not before.
    const before = found.eventStudy?.aroundStart.find(([offsetMs]) => offsetMs < 0);
    const during = found.eventStudy?.aroundStart.find(([offsetMs]) => offsetMs > 0);
    expect(during?.[1]).toBeGreaterThan(2 * (before?.[1] ?? Infinity));
  });

  it('whoever runs while more is saved is not told from the saving itself', () => {
    const spells = [50, 62, 75, 88, 100];
    const inSpell = (minute: number) => spells.some((from) => minute >= from && minute < from + 6);
    const suspects = [
      { statementId: '10', runs: () => spells.map((from) => [from, from + 6, 2] as const), effectMs: 0 },
    ];
    const known = manyMornings({
      seed: 3,
      days: 1,
      suspects,
      load: (minute) => (inSpell(minute) ? 3 : 1),
      otherMs: (_day, minute) => (inSpell(minute) ? 6 : 0),
    });
    const found = evidenceOf(known.input).of('10');
    expect(found).toMatchObject({ negativeControl: 'failed', supports: false });
  });

  it('nobody is supported in a surge, beside outside processes, or by lying over it all the time', () => {
    const light = {
      name: 'light',
      text: 'select light, sum(x) from erp.gl group by 1',
      users: 2,
      cpuSeconds: 1,
      pauseSeconds: 1,
    };
    const base = { cores: 2, savesPerSecond: 40, quietSeconds: 30, incidentSeconds: 60, reports: [] } as const;
    const scenarios = [
      { ...base, cores: 1, savesPerSecond: 60, surge: 14, reports: [{ ...light, inQuietToo: true }] },
      { ...base, outsideProcesses: 6, reports: [light] },
      { ...base, biggerDocuments: 4, reports: [light] },
      { ...base, reports: [{ ...light, harmless: true, cpuSeconds: 40 }], outsideProcesses: 6 },
    ];
    for (const scenario of scenarios) {
      for (const seed of [1, 2, 3]) {
        const { all } = evidenceOf(simulate({ ...scenario, seed }).input);
        expect(all.filter(({ supports }) => supports)).toEqual([]);
      }
    }
  });
});
