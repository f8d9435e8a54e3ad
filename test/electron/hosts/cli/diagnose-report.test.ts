import { expect, test } from 'vitest';
import { diagnoseReport } from '../../../../electron/hosts/cli/diagnose-report.ts';
import type { Diagnosed } from '../../../../electron/hosts/cli/diagnosed.ts';
import { terminal, widthOf } from '../../../../electron/hosts/cli/terminal.ts';
import { diagnose } from '../../../../electron/core/diagnosis/diagnose.ts';
import { blockingTrees } from '../../../../electron/core/diagnosis/transactions/blocking-trees.ts';
import { seenTransactions } from '../../../../electron/core/diagnosis/transactions/seen-transactions.ts';
import { simulate } from '../../../support/diagnosis-scenarios.ts';

const hostile = '\u001b[2J\u009b31m\u202e<img onerror>\r\nnext';

/** A morning with two reports and a lock that is held, whose names and texts try to write on the terminal. */
function morning(): Diagnosed {
  const { input } = simulate({
    seed: 1,
    cores: 2,
    savesPerSecond: 40,
    quietSeconds: 30,
    incidentSeconds: 60,
    reports: ['sales', 'margin'].map((name) => ({
      name,
      text: `select ${name}, /* ${hostile} */ sum(amount) from erp.ar_invoice_line group by 1`,
      users: 2,
      cpuSeconds: 1.5,
      pauseSeconds: 1,
      processes: 2,
      applicationName: hostile,
    })),
    locks: [
      { fromSecond: 45, seconds: 10, holder: 'idle in transaction', text: `update erp.stock set x = 1 -- ${hostile}` },
    ],
  });
  // Every run is a transaction of its own.
  const samples = input.samples.map(({ atMs, rows }) => ({
    atMs,
    rows: rows.map(({ statementId, row }) => ({ statementId, row: { ...row, xactStartMs: row.queryStartMs } })),
  }));
  return {
    server: {
      label: 'erp',
      capture: false,
      host: 'db',
      port: 5432,
      database: 'erp',
      roleName: 'm',
      version: 'PostgreSQL 18.4 on x86_64',
    },
    from: '2026-11-20T08:00:00.000Z',
    to: '2026-11-20T08:01:00.000Z',
    chosenBy: 'found',
    verdict: diagnose(input),
    transactions: seenTransactions({ ...input, samples }),
    blocking: blockingTrees(input),
    missing: [{ name: 'all_statistics', present: false, text: 'Texts are hidden.', action: 'grant pg_monitor to m' }],
    freshness: { asOf: null, source: 'history', state: 'fresh' },
    sampling: { samples: 60, seconds: 60, ownCostPercent: 0.4, problem: 'The server went away.', endedEarly: true },
  };
}

test.each([80, 120])('at %i columns every line fits, and nothing that the server said is obeyed', (columns) => {
  const result = morning();
  const lines = diagnoseReport(result, terminal({ isTTY: true, columns }, { NO_COLOR: '1' }));
  for (const line of lines) {
    expect(widthOf(line)).toBeLessThanOrEqual(columns);
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  }
  const text = lines.join('\n');
  expect(text).toMatch(/^db:5432\/erp, PostgreSQL 18\.4: 60 samples in 1 min, ended early\n/);
  for (const { statement } of result.verdict.findings) expect(text).toContain(statement.text?.slice(0, 12));
  for (const part of [
    'share  interval  grade  class',
    '% unexplained'.replace('% ', '%  '),
    'Who got slower',
    'Longest transactions',
    'Roots of lock queues',
    'behind pid 3000',
    '! The server went away.',
    'grant pg_monitor to m',
  ]) {
    expect(text).toContain(part);
  }
});

test('colour repeats what words say: without it the same lines stand there', () => {
  const result = morning();
  const plain = diagnoseReport(result, terminal({ isTTY: true, columns: 100 }, { NO_COLOR: '1' }));
  const coloured = diagnoseReport(result, terminal({ isTTY: true, columns: 100 }, {}));
  expect(coloured.join('\n')).not.toBe(plain.join('\n'));
  expect(
    coloured.map((line) =>
      line
        .split('\u001b')
        .map((part, index) => (index === 0 ? part : part.replace(/^\[\d+m/, '')))
        .join(''),
    ),
  ).toEqual(plain);
});

test('where nobody knows the cores it names the option that tells them', () => {
  const result = morning();
  const badges = result.verdict.badges.filter(({ kind }) => kind !== 'cores');
  const unknown = { kind: 'cores', tone: 'warning', text: 'cores unknown: enter them in the connection' } as const;
  const report = (sampling: Diagnosed['sampling']) =>
    diagnoseReport(
      { ...result, sampling, verdict: { ...result.verdict, badges: [...badges, unknown] } },
      terminal({ isTTY: true, columns: 100 }, { NO_COLOR: '1' }),
    ).join('\n');
  expect(report(result.sampling)).toContain('! cores unknown: give them with --cores');
  expect(report(null)).toContain('! cores unknown: enter them in the connection');
});

test('says what would help where none of the usual cures does', () => {
  const { verdict, ...result } = morning();
  const [first] = verdict.findings;
  if (first === undefined) throw new Error('the morning has findings');
  const report = (finding: typeof first) =>
    diagnoseReport(
      { ...result, verdict: { ...verdict, findings: [finding] } },
      terminal({ isTTY: true, columns: 140 }, { NO_COLOR: '1' }),
    ).join('\n');
  expect(report({ ...first, cure: 'leave', cureText: `end it sooner ${hostile}` })).toContain(
    '        what would help: end it sooner ',
  );
  expect(report({ ...first, cureText: undefined })).not.toContain('what would help');
});

test('says that it chose the slowest stretch by itself, and nothing where it was told', () => {
  const result = morning();
  const said = (chosenBy: Diagnosed['chosenBy']) =>
    diagnoseReport({ ...result, chosenBy }, terminal({ isTTY: true, columns: 140 }, { NO_COLOR: '1' }))[1];
  expect(said('found')).toBe(
    'Diagnosed is the slowest stretch of it, which Daybreak chose: --from 2026-11-20T08:00:00.000Z --to 2026-11-20T08:01:00.000Z',
  );
  expect(said('given')).toBe('');
  expect(said('whole')).toBe('');
});
