import { describe, expect, it } from 'vitest';
import type { Evidence, Finding, Verdict } from '../../../shared/model/diagnosis.ts';
import { shortcomings } from './judge.ts';
import { scenarioOf } from './scenarios/scenarios.ts';

type Caveats = Finding['caveats'][number]['kind'][];

const piece = (kind: Evidence['kind'], damageSeconds: number, text = ''): Evidence => ({
  kind,
  damageSeconds,
  share: 0,
  text,
});

const finding = (
  text: string,
  grade: Finding['grade'],
  rest: { evidence?: Evidence[]; caveats?: Caveats; members?: string[] } = {},
) =>
  ({
    statement: { text },
    members: (rest.members ?? []).map((member) => ({ text: member })),
    grade,
    class: 'reporting',
    blameShare: 0.9,
    evidence: rest.evidence ?? [piece('cpu', 10)],
    caveats: (rest.caveats ?? []).map((kind) => ({ kind, text: '' })),
  }) as unknown as Finding;

/** What scenario `id` finds missing in a verdict that says this. */
function missing(id: string, findings: readonly Finding[], rest: Partial<Verdict> = {}) {
  const verdict = { findings, conclusion: 'culprits', badges: [], ...rest } as unknown as Verdict;
  return shortcomings(scenarioOf(id, 1).expect, verdict);
}

describe('what a scenario demands', () => {
  it('of a spill (S4): temporary files that hurt, or a megabyte of them in a run', () => {
    const spilled = (text: string, damageSeconds = 0) =>
      missing('S4', [
        finding('select place_s4', 'B', { evidence: [piece('cpu', 5), piece('temp_io', damageSeconds, text)] }),
      ]);
    expect(spilled('moved 31 MB of temporary files in each of 40 runs')).toEqual([]);
    expect(spilled('1.2 GB of temporary files', 3)).toEqual([]);
    expect(spilled('moved 8.0 kB of temporary files in each of 40 runs')).toEqual([
      'evidence cpu+temp_io, not temp_io',
    ]);
    expect(missing('S4', [finding('select place_s4', 'B')])).toEqual(['evidence cpu, not temp_io']);
  });

  it('of other evidence: that it accounts for damage', () => {
    const wal = piece('wal', 0, 'wrote 20 MB of the log in each of 4 runs');
    const batch = { ...finding('insert into erp.receipt', 'B', { evidence: [wal] }), class: 'batch' } as const;
    expect(missing('S11', [batch])).toEqual([expect.stringContaining('evidence wal, not')]);
  });

  it('of an evicted report (S8): that the statistics lost it', () => {
    const badges: Verdict['badges'] = [{ kind: 'eviction', tone: 'warning', text: '' }];
    const report = (caveats: Caveats) => [finding('select revenue_s8', 'B', { caveats })];
    expect(missing('S8', report(['few_runs', 'evicted']), { badges })).toEqual([]);
    expect(missing('S8', report(['few_runs']), { badges })).toEqual(['caveats few_runs, not evicted']);
    expect(missing('S8', report(['evicted']))).toEqual(['no eviction badge']);
  });

  it('of a group (S10): both, and better than a coincidence', () => {
    const group = (grade: Finding['grade'], members: string[]) => [finding('select revenue_s10', grade, { members })];
    expect(missing('S10', group('C', ['select balance_s10']))).toEqual([]);
    expect(missing('S10', group('D', ['select balance_s10']))).toEqual(['the group has grade D']);
    expect(missing('S10', group('B', []))).toEqual(['the group lacks balance_s10']);
  });

  it('of a report at the same clock time (S14): the conclusion, and nobody accused', () => {
    const report = (grade: Finding['grade'], caveats: Caveats = ['not_identifiable']) => [
      finding('select revenue_s14', grade, { caveats }),
    ];
    const conclusion = 'not_identifiable';
    expect(missing('S14', report('C'), { conclusion })).toEqual([]);
    expect(missing('S14', report('B'), { conclusion: 'culprits' })).toEqual([
      'concludes culprits',
      'accuses select revenue_s14',
    ]);
    expect(missing('S14', report('C'), { conclusion: 'suspicion' })).toEqual(['concludes suspicion']);
    expect(missing('S14', report('C', []), { conclusion })).toHaveLength(1);
  });
});
