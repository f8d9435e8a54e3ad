import { UsualLatencies } from '../../../../electron/core/diagnosis/usual.ts';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../../electron/core/diagnosis/diagnose.ts';
import type { EndedExperiment } from '../../../../electron/core/diagnosis/input.ts';
import { findSaveUnit } from '../../../../electron/core/diagnosis/saves.ts';
import { summarizeSaving } from '../../../../electron/core/diagnosis/saving-summary.ts';
import { verdictSentence } from '../../../../electron/core/diagnosis/sentence.ts';
import type { Finding } from '../../../../shared/model/diagnosis.ts';
import { rowOf, simulate, type Report, type Scenario } from '../../../support/diagnosis-scenarios.ts';
import { at, smallHistory } from './small-history.ts';
import { manyMornings, type KnownSuspect } from './statistical/many-mornings.ts';

const morning: Scenario = {
  seed: 1,
  cores: 2,
  savesPerSecond: 40,
  quietSeconds: 30,
  incidentSeconds: 60,
  reports: [],
};
const hash: Report = {
  name: 'hash',
  text: 'select hash, sum(amount) from erp.ar_invoice_line group by 1',
  users: 2,
  cpuSeconds: 8,
  processes: 3,
};
const seeds = [1, 2, 3, 4, 5];

describe('a slow time without a culprit says why', () => {
  it('more saves than usual: the rush itself', () => {
    for (const seed of seeds) {
      const { input } = simulate({ ...morning, seed, cores: 1, savesPerSecond: 60, surge: 14 });
      const verdict = diagnose(input);
      expect(verdict.conclusion).toBe('surge');
      expect(verdict.sentence).toMatch(/while 1\.\d times as many saves as usual arrived: the rush itself/);
    }
  });

  it('bigger documents: their own work', () => {
    const { conclusion, sentence } = diagnose(simulate({ ...morning, biggerDocuments: 4 }).input);
    expect(conclusion).toBe('own_work');
    expect(sentence).toContain('nobody held it up');
  });

  it('other programs on the machine: outside', () => {
    for (const seed of seeds) {
      const { input } = simulate({ ...morning, seed, outsideProcesses: 6 });
      expect(diagnose(input)).toMatchObject({ conclusion: 'outside', findings: [], unexplainedShare: 1 });
    }
  });

  it('a save that takes a fraction of what people report: not the database', () => {
    const { input } = simulate({ ...morning, reports: [hash] });
    const verdict = diagnose({ ...input, reportedSaveSeconds: 30 });
    expect(verdict.conclusion).toBe('not_the_database');
    expect(verdict.sentence).toMatch(
      /in PostgreSQL \(95 of 100 below .*\), where people report 30 s: it is not the data/,
    );
    // Who slows the database down is still told.
    expect(verdict.findings[0]).toMatchObject({ grade: 'B' });
    const reported = (verdict.meanMs ?? 0) / 1000;
    expect(diagnose({ ...input, reportedSaveSeconds: reported }).conclusion).toBe('culprits');
  });
});

it('is the database where a lock held up a few saves for as long as people report', () => {
  // 30 of a thousand saves wait half a minute: the mean is below a second.
  const held = (second: number) => second >= 35 && second < 65;
  const input = smallHistory({
    statements: { save: 'insert into invoice values ($1)', vacuum: 'vacuum full invoice' },
    booked: (second) => ({ save: second === 65 ? [85, (55 * 2 + 30 * 30_000) / 85, 10] : [85, 2, 10] }),
    rows: (second) =>
      held(second)
        ? [
            rowOf('vacuum', 1, { waitEventType: 'IO', waitEvent: 'DataFileRead', queryStartMs: at(35) }),
            ...Array.from({ length: 30 }, (_, index) =>
              rowOf('save', 10 + index, {
                waitEventType: 'Lock',
                waitEvent: 'relation',
                blockedByPids: [1],
                queryStartMs: at(35),
              }),
            ),
          ]
        : [],
    incidentSeconds: 60,
  });
  const verdict = diagnose({ ...input, reportedSaveSeconds: 30 });
  expect(verdict.meanMs).toBeLessThan(1000);
  expect(verdict).toMatchObject({ conclusion: 'culprits', findings: [{ grade: 'B' }] });
  // Nobody stood there for a fifth of five minutes.
  expect(diagnose({ ...input, reportedSaveSeconds: 300 }).conclusion).toBe('not_the_database');
});

describe('the 95th percentile', () => {
  const verdict = diagnose(simulate({ ...morning, reports: [hash] }).input);

  it('is told of both times, and lies above the means', () => {
    expect(verdict.baselineP95Ms).toBeGreaterThan(verdict.baselineMeanMs ?? Infinity);
    expect(verdict.p95Ms).toBeGreaterThan(verdict.meanMs ?? Infinity);
  });

  it('comes back to about the quiet one without the culprit', () => {
    const [{ ifGoneP95Ms } = { ifGoneP95Ms: null }] = verdict.findings;
    expect(ifGoneP95Ms).toBeLessThan(0.25 * (verdict.p95Ms ?? 0));
    expect(ifGoneP95Ms).toBeGreaterThanOrEqual(0.5 * (verdict.baselineP95Ms ?? Infinity));
  });
});

describe('an experiment', () => {
  const { input } = simulate({ ...morning, reports: [hash] });
  const ended = (over: Partial<EndedExperiment>): EndedExperiment => ({
    fingerprint: hash.text,
    databaseName: 'erp',
    effectMs: 12,
    liveExposure: null,
    interval: [8, 16],
    p: 1 / 70,
    liveDays: 4,
    withoutDays: 4,
    ...over,
  });

  it('proves: grade A, with what it cost one save', () => {
    const verdict = diagnose({ ...input, experiments: [ended({})] });
    const [first] = verdict.findings;
    expect(first).toMatchObject({ grade: 'A', statement: { statementId: 'hash' } });
    expect(first?.evidence[0]).toMatchObject({ kind: 'experiment' });
    expect(first?.evidence[0]?.share).toBeCloseTo((12 * verdict.saves) / 1000 / verdict.damageSeconds, 1);
    expect(first?.evidence[0]?.share).toBeGreaterThan(0);
    // It was seen to do more than that.
    expect(first?.blameShare).toBeCloseTo(diagnose(input).findings[0]?.blameShare ?? 0, 9);
    const credited = (first?.evidence ?? []).reduce((total, { damageSeconds }) => total + damageSeconds, 0);
    expect(credited / (first?.damageSeconds ?? 0)).toBeCloseTo(1, 6);
  });

  it('that proved nothing leaves the grade to the other evidence, and is told', () => {
    const [first] = diagnose({ ...input, experiments: [ended({ p: 0.4 })] }).findings;
    expect(first?.grade).toBe('B');
    expect(first?.evidence.at(-1)).toMatchObject({ kind: 'experiment', damageSeconds: 0 });
  });
});

describe('over several mornings', () => {
  const atEight =
    (jitter: number): KnownSuspect['runs'] =>
    (_day, random) => {
      const from = 60 + Math.round((2 * random() - 1) * jitter);
      return [[from, from + 30, 2]];
    };

  it('what goes with the slowdown is a suspicion, and no more', () => {
    const { input } = manyMornings({
      seed: 1,
      days: 10,
      suspects: [{ statementId: '10', runs: atEight(25), effectMs: 6 }],
    });
    const verdict = diagnose(input);
    expect(verdict).toMatchObject({ conclusion: 'suspicion', findings: [{ grade: 'C' }] });
    expect(verdict.findings[0]?.evidence[0]?.kind).toBe('statistical');
    expect(verdict.sentence).toContain('which is a suspicion and no proof');
  });

  it('what always runs at eight sharp cannot be told from the login wave', () => {
    // It fills the processors, so direct evidence points at it.
    const sharp: KnownSuspect = { statementId: '10', runs: () => [[60, 90, 7]], effectMs: 3 };
    const { input } = manyMornings({ seed: 1, days: 10, suspects: [sharp] });
    const verdict = diagnose(input);
    expect(verdict.conclusion).toBe('not_identifiable');
    expect(verdict.findings[0]).toMatchObject({ grade: 'C' });
    expect(verdict.findings[0]?.caveats.map(({ kind }) => kind)).toContain('not_identifiable');
    expect(verdict.sentence).toMatch(/run the experiment\.$/);
    // A heavier suspicion of another kind is not what the sentence is about.
    const [untold] = verdict.findings;
    if (untold === undefined) throw new Error('nobody was found');
    const evicted: Finding = {
      ...untold,
      statement: { ...untold.statement, text: 'select something else' },
      caveats: [{ kind: 'evicted', text: 'never booked' }],
    };
    const sentence = verdictSentence({
      window: verdict,
      timeZone: 'UTC',
      conclusion: 'not_identifiable',
      saving: summarizeSaving(
        findSaveUnit([]),
        [],
        { intervals: [], seconds: 0, usual: new UsualLatencies([]), between: null, origin: 'none' },
        verdict,
      ),
      damageSeconds: verdict.damageSeconds,
      findings: [evicted, untold],
      unexplainedShare: verdict.unexplainedShare,
      load: { arrivalGrowth: null },
      reportedSaveSeconds: null,
      dashboardTitles: new Map(),
      missing: null,
    });
    expect(sentence).toContain('“select 10, sum(amount)');
  });

  it('two that always run together are blamed as one', () => {
    const begins = Array.from({ length: 10 }, (_, day) => 45 + ((day * 7) % 30));
    const runs: KnownSuspect['runs'] = (day) => [[begins[day] ?? 60, (begins[day] ?? 60) + 30, 4]];
    const { input } = manyMornings({
      seed: 2,
      days: 10,
      suspects: [
        { statementId: '10', runs, effectMs: 2 },
        { statementId: '11', runs, effectMs: 2 },
      ],
    });
    const { findings } = diagnose(input);
    const [first] = findings;
    expect(first).toMatchObject({ grade: 'B', members: [{}] });
    expect([first?.statement, ...(first?.members ?? [])].map((one) => one?.statementId).toSorted()).toEqual([
      '10',
      '11',
    ]);
  });
});

it('compares with the same hour of earlier days, where it was quiet then', () => {
  const { input } = manyMornings({
    seed: 3,
    days: 6,
    suspects: [{ statementId: '10', runs: (day) => (day === 5 ? [[40, 120, 6]] : []), effectMs: 1 }],
  });
  const verdict = diagnose(input);
  expect(verdict.badges.find(({ kind }) => kind === 'baseline')?.text).toContain('same hour of earlier days');
  expect(verdict.baselineMeanMs).toBeCloseTo(2, 1);
  expect(verdict).toMatchObject({ conclusion: 'culprits', findings: [{ statement: { statementId: '10' } }] });
});
