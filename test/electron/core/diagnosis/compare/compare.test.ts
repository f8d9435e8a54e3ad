import { expect, test } from 'vitest';
import { compareMornings } from '../../../../../electron/core/diagnosis/compare/compare.ts';
import type { DiagnosisInput } from '../../../../../electron/core/diagnosis/input.ts';
import { simulate, type Report, type Scenario } from '../../../../support/diagnosis-scenarios.ts';

const quietMorning: Scenario = {
  seed: 1,
  cores: 2,
  savesPerSecond: 40,
  quietSeconds: 30,
  incidentSeconds: 60,
  reports: [],
};
const report = (name: string, more: Partial<Report> = {}): Report => ({
  name,
  text: `select ${name}, sum(amount) from erp.ar_invoice_line group by 1`,
  users: 2,
  cpuSeconds: 1.5,
  pauseSeconds: 1,
  processes: 2,
  ...more,
});
const widgets = [report('aging'), report('sales'), report('margin')];
const bulk: Report = {
  name: 'bulk',
  text: 'insert into erp.price_history select * from erp.price_feed',
  users: 1,
  cpuSeconds: 30,
  startsAfterSeconds: 5,
  applicationName: 'etl',
};

const dayMs = 24 * 3_600_000;

/** The morning so many days later, with the reports on a dashboard and the import on none. */
function morning(days: number, changes: Partial<Scenario>): DiagnosisInput {
  const { input } = simulate({ ...quietMorning, ...changes });
  const timeZone = 'Europe/Berlin';
  const later = (atMs: number) => atMs + days * dayMs;
  return {
    ...input,
    timeZone,
    fromMs: later(input.fromMs),
    toMs: later(input.toMs),
    widgets: input.widgets.filter(({ widgetId }) => !widgetId.includes('bulk')),
    deltas: input.deltas.map((set) => ({ ...set, fromMs: later(set.fromMs), toMs: later(set.toMs) })),
    samples: input.samples.map(({ atMs, rows }) => ({
      atMs: later(atMs),
      rows: rows.map(({ statementId, row }) => ({
        statementId,
        row: {
          ...row,
          queryStartMs: row.queryStartMs === null ? null : later(row.queryStartMs),
          xactStartMs: row.xactStartMs === null ? null : later(row.xactStartMs),
        },
      })),
    })),
  };
}

test('a morning whose dashboard is gone and to which an import came says so in one sentence', () => {
  const comparison = compareMornings(
    morning(0, { reports: widgets }),
    morning(1, { reports: [bulk], incidentSeconds: 70 }),
  );
  expect(comparison.sentence).toMatch(
    /^Saving took [\d.]+ times longer on Thursday and 1\.\d times on Friday; 3 dashboard queries are gone, the import at 08:00 is new\.$/,
  );
  const byId = new Map(comparison.statements.map((pair) => [pair.statement.statementId, pair]));
  for (const { name } of widgets) {
    expect(byId.get(name)).toMatchObject({ before: { grade: 'B', damageSeconds: 0 }, after: null });
    expect(byId.get(name)?.before?.blameShare).toBeGreaterThan(0.05);
  }
  expect(byId.get('bulk')).toMatchObject({ before: null, after: { damageSeconds: 0 } });
  expect(byId.get('bulk')?.after?.averageActiveSessions).toBeGreaterThan(0.3);
  // Who did most harm, and who suffered most of it, stand before statements that changed by a call or two.
  const harm = comparison.statements.map(({ before, after }) =>
    Math.abs(
      comparison.before.damageSeconds * (before?.blameShare ?? 0) +
        (before?.damageSeconds ?? 0) -
        (after?.damageSeconds ?? 0),
    ),
  );
  expect(harm[0]).toBe(Math.max(...harm));
});

test('the damage of the statements adds up to the verdict, before and after', () => {
  const { before, after, statements } = compareMornings(
    morning(0, { reports: widgets }),
    morning(7, { reports: widgets.slice(0, 2) }),
  );
  const total = (values: readonly (number | undefined)[]) =>
    values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
  const suffered = (verdict: typeof before) => total(verdict.victims.map(({ damageSeconds }) => damageSeconds));
  const blamed = (verdict: typeof before) => total(verdict.findings.map(({ blameShare }) => blameShare));
  expect(total(statements.map((pair) => pair.before?.damageSeconds))).toBeCloseTo(suffered(before), 6);
  expect(total(statements.map((pair) => pair.after?.damageSeconds))).toBeCloseTo(suffered(after), 6);
  expect(total(statements.map((pair) => pair.before?.blameShare))).toBeCloseTo(blamed(before), 6);
  expect(total(statements.map((pair) => pair.after?.blameShare))).toBeCloseTo(blamed(after), 6);
});

test('the same morning a week later is told by dates, and who is to blame both times is said', () => {
  const { sentence, statements } = compareMornings(
    morning(0, { reports: widgets }),
    morning(7, { reports: widgets.slice(0, 2) }),
  );
  expect(sentence).toMatch(
    /longer on 19 November and [\d.]+ times on 26 November; the dashboard query at 08:00 is gone, 2 dashboard queries are to blame both times\.$/,
  );
  expect(statements.find(({ statement }) => statement.statementId === 'sales')).toMatchObject({
    before: { grade: 'B' },
    after: { grade: 'B' },
  });
});

test('a statement keeps its line when its queryid changes, and two roles have a line each', () => {
  const renamed = (input: DiagnosisInput, ids: Readonly<Record<string, string>>): DiagnosisInput => ({
    ...input,
    statements: input.statements.map((one) => ({ ...one, statementId: ids[one.statementId] ?? one.statementId })),
    deltas: input.deltas.map((set) => ({
      ...set,
      deltas: set.deltas.map((one) => ({ ...one, statementId: ids[one.statementId] ?? one.statementId })),
    })),
    samples: input.samples.map(({ atMs, rows }) => ({
      atMs,
      rows: rows.map(({ statementId, row }) => ({ statementId: ids[statementId ?? ''] ?? statementId, row })),
    })),
  });
  const reports = [report('sales')];
  const { statements } = compareMornings(
    morning(0, { reports }),
    renamed(morning(1, { reports }), { sales: 'sales 2' }),
  );
  const sales = statements.filter(({ statement }) => statement.text?.includes('select sales'));
  expect(sales).toHaveLength(1);
  expect(sales[0]).toMatchObject({ before: { grade: 'B' }, after: { grade: 'B' } });

  const other = morning(1, { reports });
  const byOtherRole = {
    ...other,
    statements: other.statements.map((one) => (one.statementId === 'sales' ? { ...one, roleName: 'reporting' } : one)),
  };
  const pairs = compareMornings(morning(0, { reports }), byOtherRole).statements.filter(({ statement }) =>
    statement.text?.includes('select sales'),
  );
  expect(pairs.map(({ before, after }) => [before === null, after === null]).toSorted()).toEqual([
    [false, true],
    [true, false],
  ]);
});

test('a window without data says so and compares nothing', () => {
  const empty = { ...morning(1, {}), deltas: [], samples: [] };
  const { sentence, after } = compareMornings(morning(0, { reports: widgets }), empty);
  expect(after.conclusion).toBe('not_enough_data');
  expect(sentence).toMatch(/times longer on Thursday, and there is not enough data on Friday\.$/);
});

test('two windows of one day are told by their clock times', () => {
  const day = morning(0, { reports: widgets });
  const quiet = { ...day, fromMs: day.fromMs - 30_000, toMs: day.fromMs };
  expect(compareMornings(quiet, day).sentence).toMatch(
    /^Saving was about as fast as usual from 08:00:00 to 08:00:30 and took [\d.]+ times longer from 08:00:30 to 08:01:30; 3 dashboard queries are new\.$/,
  );
});

test('clock times are those of whoever reads, and the verdicts are the same by every clock', () => {
  const day = morning(0, { reports: widgets });
  const quiet = { ...day, fromMs: day.fromMs - 30_000, toMs: day.fromMs };
  const told = (readerTimeZone?: string) => compareMornings({ ...quiet, readerTimeZone }, { ...day, readerTimeZone });
  const [here, there] = [told(), told('Asia/Kolkata')];
  expect(there.sentence).toContain('as usual from 12:30:00 to 12:30:30');
  expect(there.after.sentence).toContain('12:30:30');
  expect(here.after.sentence).toContain('08:00:30');
  expect({ ...there.after, sentence: '' }).toEqual({ ...here.after, sentence: '' });
});
