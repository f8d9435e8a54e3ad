import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../../electron/core/diagnosis/diagnose.ts';
import type { Verdict } from '../../../../shared/model/diagnosis.ts';
import { simulate, type Report, type Scenario, type Simulated } from '../../../support/diagnosis-scenarios.ts';

const morning: Scenario = {
  seed: 1,
  cores: 2,
  savesPerSecond: 40,
  quietSeconds: 30,
  incidentSeconds: 60,
  reports: [],
};
const report = (name: string, cpuSeconds: number, more: Partial<Report> = {}): Report => ({
  name,
  text: `select ${name}, sum(amount) from erp.ar_invoice_line group by 1`,
  users: 1,
  cpuSeconds,
  ...more,
});
const executive: readonly Report[] = [
  report('aging', 0.3, { pauseSeconds: 1 }),
  report('sales', 1.5, { pauseSeconds: 1, processes: 3 }),
  report('margin', 2, { pauseSeconds: 1, processes: 3, tempBlocks: 2000 }),
  report('customers', 1.2, { pauseSeconds: 1 }),
  report('ledger_by_month', 0.8, { pauseSeconds: 1 }),
  report('budget', 0.4, { pauseSeconds: 1 }),
  report('valuation', 0.6, { pauseSeconds: 1 }),
];
const decoy = report('decoy', 40, { harmless: true, users: 2 });
const seeds = [1, 2, 3, 4, 5, 6, 7];

const accused = ({ findings }: Verdict): string[] =>
  findings.filter(({ grade }) => grade === 'A' || grade === 'B').map(({ statement }) => statement.statementId);
const total = ({ findings, unexplainedShare }: Verdict): number =>
  findings.reduce((sum, { blameShare }) => sum + blameShare, unexplainedShare);
const trueShare = ({ truth, trueDamageSeconds }: Simulated, name: string): number =>
  (truth.get(name) ?? 0) / trueDamageSeconds;

describe('a morning of executive dashboards', () => {
  const simulated = simulate({ ...morning, reports: executive });
  const verdict = diagnose(simulated.input);

  it('names every widget by its processor use, each with about its true share', () => {
    expect(verdict.conclusion).toBe('culprits');
    expect(accused(verdict).toSorted()).toEqual(executive.map(({ name }) => name).toSorted());
    for (const finding of verdict.findings) {
      expect(finding.evidence[0]?.kind).toBe('cpu');
      expect(Math.abs(finding.blameShare - trueShare(simulated, finding.statement.statementId))).toBeLessThan(0.05);
      expect(finding.blameInterval[0]).toBeLessThanOrEqual(finding.blameShare);
      expect(finding.blameInterval[1]).toBeGreaterThanOrEqual(finding.blameShare);
    }
  });

  it('measures the damage that was really done', () => {
    expect(verdict.damageSeconds / simulated.trueDamageSeconds).toBeCloseTo(1, 1);
    expect(total(verdict)).toBe(1);
  });

  it('says it in one sentence, with the times of the asked zone', () => {
    expect(verdict.sentence).toMatch(
      /^Between 08:00:30 and 08:01:30 saving took \d+ times longer \(2\.4 → \d+(\.\d)? ms, 2,\d{3} saves\); (more than )?\d+ % of the damage comes from 7 queries of the executive dashboard; (less than )?[\d.]+ % stays unexplained\.$/,
    );
  });

  it('predicts a mean between the usual one and the slow one if a culprit were gone', () => {
    const { baselineMeanMs, meanMs, findings } = verdict;
    for (const { ifGoneMeanMs } of findings) {
      expect(ifGoneMeanMs).toBeGreaterThan(baselineMeanMs ?? Infinity);
      expect(ifGoneMeanMs).toBeLessThan(meanMs ?? 0);
    }
  });

  it('tells of temporary files beside the evidence', () => {
    const margin = verdict.findings.find(({ statement }) => statement.statementId === 'margin');
    expect(margin?.evidence.map(({ kind }) => kind)).toEqual(['cpu', 'temp_io']);
  });

  it('knows the pauses between the statements of a save as the victim', () => {
    expect(verdict.victims[0]).toMatchObject({ statement: { statementId: 'between-statements' } });
    expect(verdict.victims[0]?.damageSeconds).toBeGreaterThan(0.95 * verdict.damageSeconds);
    expect(verdict.findings.every((finding) => finding.class !== 'oltp')).toBe(true);
  });

  it('knows the statements as victims where they wait inside', () => {
    const inside = diagnose(simulate({ ...morning, reports: executive, waits: 'inside' }).input);
    const victims = inside.victims.filter(({ damageSeconds }) => damageSeconds > 1);
    expect(victims.map(({ statement }) => statement.statementId).toSorted()).toEqual([
      'header',
      'ledger',
      'line',
      'stock',
    ]);
    expect(accused(inside)).toHaveLength(7);
  });

  it('does not take a dialog that stands open in a transaction for waiting', () => {
    const openDialog = { fromSecond: 40, seconds: 30 };
    const beside = diagnose(simulate({ ...morning, reports: executive, openDialog }).input);
    expect(beside.damageSeconds / verdict.damageSeconds).toBeCloseTo(1, 1);
    expect(diagnose(simulate({ ...morning, openDialog }).input).conclusion).toBe('no_damage');
  });

  it('keeps counting when the statistics are reset in the middle, and flags it', () => {
    const reset = diagnose(simulate({ ...morning, reports: executive, reset: true }).input);
    expect(accused(reset)).toHaveLength(7);
    expect(reset.badges).toContainEqual(expect.objectContaining({ kind: 'reset', tone: 'warning' }));
  });

  it('finds them without pg_stat_statements, from activity samples alone', () => {
    const blind = diagnose({ ...simulated.input, deltas: [], statisticsAvailable: false });
    expect(blind.conclusion).toBe('culprits');
    expect(accused(blind).length).toBeGreaterThanOrEqual(5);
    expect(
      blind.findings.some(({ statement }) => ['header', 'line', 'stock', 'ledger'].includes(statement.statementId)),
    ).toBe(false);
    expect(blind.badges).toContainEqual(expect.objectContaining({ kind: 'capability', tone: 'warning' }));
    expect(blind.sentence).toContain('OLTP sessions waited');
  });

  it('finds them in background sampling too, where a minute has one snapshot and twelve samples', () => {
    const slow = { ...morning, quietSeconds: 300, incidentSeconds: 300, sampling: 'background' } as const;
    const background = simulate({ ...slow, reports: executive });
    const found = diagnose(background.input);
    expect(accused(found).length).toBeGreaterThanOrEqual(6);
    expect(found.damageSeconds / background.trueDamageSeconds).toBeCloseTo(1, 1);
    expect(diagnose(simulate(slow).input).conclusion).toBe('no_damage');
  });

  it('compares with the quiet window that it is given', () => {
    const baseline = { fromMs: simulated.input.fromMs - 20_000, toMs: simulated.input.fromMs };
    const given = diagnose({ ...simulated.input, baseline });
    expect(given.badges.find(({ kind }) => kind === 'baseline')?.text).toBe('baseline: 4 intervals (20 s, given)');
    expect(accused(given)).toHaveLength(7);
  });
});

describe('suspects', () => {
  it('are told from a harmless report that overlaps all the time', () => {
    for (const seed of seeds) {
      const hash = report('hash', 8, { users: 2, processes: 3 });
      const verdict = diagnose(simulate({ ...morning, seed, reports: [hash, decoy] }).input);
      expect(accused(verdict)).toEqual(['hash']);
      const cleared = verdict.findings.find(({ statement }) => statement.statementId === 'decoy');
      expect(cleared).toMatchObject({ grade: 'D', blameShare: 0, cure: 'leave' });
      expect(cleared?.evidence.map(({ kind }) => kind)).toEqual(['overlap']);
    }
  });

  it('are found when they are cancelled every time and never booked', () => {
    const cancelled = report('cancelled', 100, { users: 4, cancelledAfterSeconds: 6 });
    const verdict = diagnose(simulate({ ...morning, reports: [cancelled] }).input);
    expect(accused(verdict)).toEqual(['cancelled']);
    expect(verdict.findings[0]).toMatchObject({ class: 'reporting', meanMs: null });
    expect(verdict.findings[0]?.calls).toBeGreaterThan(10);
  });

  it('are blamed for their locks, also while the holder stands idle in its transaction', () => {
    const holders = [
      { holder: 'refresh', text: 'refresh materialized view erp.sales_by_month' },
      { holder: 'idle in transaction', text: 'update erp.stock set on_hand = 0 where item_id = $1 and true' },
    ] as const;
    for (const { holder, text } of holders) {
      const locks = [{ fromSecond: 40, seconds: 25, holder, text }];
      const verdict = diagnose(simulate({ ...morning, locks }).input);
      expect(verdict.findings[0]).toMatchObject({ grade: 'B', evidence: [{ kind: 'lock' }] });
      expect(verdict.findings[0]?.statement.text).toBe(text);
      expect(verdict.findings[0]?.blameShare).toBeGreaterThan(0.9);
      expect(verdict.findings[0]?.class).not.toBe('oltp');
      expect(verdict.sentence).toContain('1 statement that held locks');
    }
  });

  it('are blamed for a lock that is still held when the window ends', () => {
    const locks = [
      { fromSecond: 60, seconds: 60, holder: 'refresh', text: 'refresh materialized view erp.mv' },
    ] as const;
    const { input, trueDamageSeconds } = simulate({ ...morning, locks });
    const verdict = diagnose(input);
    expect(verdict.damageSeconds / trueDamageSeconds).toBeCloseTo(1, 1);
    expect(verdict.findings[0]).toMatchObject({ grade: 'B', evidence: [{ kind: 'lock' }] });
    const still = diagnose({ ...input, fromMs: input.fromMs + 40_000, toMs: input.fromMs + 55_000 });
    expect(still.sentence).toContain('saving stood still: sessions waited');
  });
});

describe('nobody is accused', () => {
  it('of a quiet time', () => {
    for (const seed of seeds) {
      const verdict = diagnose(simulate({ ...morning, seed }).input);
      expect(verdict).toMatchObject({ conclusion: 'no_damage', findings: [], unexplainedShare: 1 });
      expect(verdict.sentence).toContain('about as fast as in quiet times');
    }
  });

  it('of a surge of saves', () => {
    for (const seed of seeds) {
      const surge = { ...morning, seed, cores: 1, savesPerSecond: 60, surge: 14 };
      const verdict = diagnose(simulate(surge).input);
      expect(verdict.slowdown).toBeGreaterThan(2);
      expect(accused(verdict)).toEqual([]);
      expect(total(verdict)).toBe(1);
    }
  });

  it('of bigger documents', () => {
    for (const seed of seeds) {
      const verdict = diagnose(simulate({ ...morning, seed, biggerDocuments: 4, reports: [decoy] }).input);
      expect(verdict).toMatchObject({ conclusion: 'own_work', findings: [] });
      expect(verdict.sentence).toMatch(/because each one does 2\.\d times as much work itself: nobody held it up\.$/);
      expect(verdict.badges).toContainEqual(expect.objectContaining({ kind: 'work', tone: 'warning' }));
    }
  });

  it('of what processes outside of the database do while light reports run', () => {
    for (const seed of seeds) {
      const light = report('light', 1, { users: 2, pauseSeconds: 1 });
      const simulated = simulate({ ...morning, seed, outsideProcesses: 6, reports: [light] });
      const verdict = diagnose(simulated.input);
      expect(verdict.slowdown).toBeGreaterThan(10);
      expect(accused(verdict)).toEqual([]);
      // Two reports beside six other processes had a quarter of the processors.
      expect(verdict.unexplainedShare).toBeGreaterThan(0.7);
    }
  });

  it('without a quiet stretch to compare with, and it is said what to do', () => {
    const { input } = simulate({ ...morning, quietSeconds: 0, incidentSeconds: 30, reports: executive });
    const verdict = diagnose(input);
    expect(verdict.conclusion).toBe('not_enough_data');
    expect(verdict.sentence).toContain('keep sampling through a quiet quarter of an hour');
    expect(total(verdict)).toBe(1);
  });

  it('in a window for which nothing is stored', () => {
    const { input } = simulate({ ...morning, incidentSeconds: 10 });
    const verdict = diagnose({ ...input, fromMs: input.toMs + 3_600_000, toMs: input.toMs + 7_200_000 });
    expect(verdict).toMatchObject({ conclusion: 'not_enough_data', damageSeconds: 0, unexplainedShare: 1 });
  });

  it('by processors while nobody knows how many there are', () => {
    const { input } = simulate({ ...morning, reports: executive });
    const few = input.samples.filter(({ atMs }) => atMs < input.fromMs + 3000);
    const verdict = diagnose({
      ...input,
      samples: few,
      toMs: input.fromMs + 5000,
      cores: { value: null, source: 'unknown' },
    });
    expect(accused(verdict)).toEqual([]);
    expect(verdict.badges).toContainEqual(expect.objectContaining({ kind: 'cores', tone: 'warning' }));
  });
});
