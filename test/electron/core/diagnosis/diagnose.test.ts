import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../../electron/core/diagnosis/diagnose.ts';
import { findingDetail } from '../../../../electron/core/diagnosis/finding-detail.ts';
import { describeStatements } from '../../../../electron/core/diagnosis/statements.ts';
import { rowOf } from '../../../support/diagnosis-scenarios.ts';
import { at, quietSeconds, smallHistory } from './small-history.ts';

const statements = { save: 'insert into invoice values ($1)', report: 'select sum(x) from line group by y' };

describe('damage by hand', () => {
  const incident = (meanMs: number, blocks: number) =>
    diagnose(
      smallHistory({
        statements,
        booked: (second) => ({ save: second < quietSeconds ? [100, 2, 10] : [100, meanMs, blocks] }),
        rows: () => [],
        incidentSeconds: 20,
      }),
    );

  it('is n * (L - L0) while the work stays the same', () => {
    const verdict = incident(12, 10);
    expect(verdict.damageSeconds).toBeCloseTo((400 * (12 - 2)) / 1000, 9);
    expect(verdict).toMatchObject({
      slowdown: 6,
      baselineMeanMs: 2,
      meanMs: 12,
      saves: 400,
      conclusion: 'unexplained',
    });
    expect(verdict.victims).toMatchObject([{ calls: 400, baselineMs: 2, meanMs: 12, workRatio: 1 }]);
  });

  it('leaves out what twice the blocks account for', () => {
    expect(incident(12, 20).damageSeconds).toBeCloseTo((400 * (12 - 4)) / 1000, 9);
  });

  it('is none where all of it is more work', () => {
    expect(incident(12, 60)).toMatchObject({ damageSeconds: 0, conclusion: 'own_work' });
  });

  it('is none where nobody knows what is usual, unless the call waits for a lock', () => {
    const open = (row: Parameters<typeof rowOf>[2]) =>
      diagnose(
        smallHistory({
          statements: { ...statements, post: 'update stock set on_hand = on_hand - $1', vacuum: 'vacuum full invoice' },
          booked: () => ({ save: [100, 2, 10] }),
          rows: (second) =>
            second < 31
              ? []
              : [
                  rowOf('vacuum', 1, { waitEventType: 'IO', waitEvent: 'DataFileRead', queryStartMs: at(31) }),
                  rowOf('post', 2, { queryStartMs: at(31), ...row }),
                ],
          incidentSeconds: 20,
        }),
      );
    expect(open({})).toMatchObject({ damageSeconds: 0, conclusion: 'no_damage' });
    const waiting = open({ waitEventType: 'Lock', waitEvent: 'relation', blockedByPids: [1] });
    expect(waiting.damageSeconds).toBeGreaterThan(15);
    expect(waiting.conclusion).toBe('culprits');
  });

  it('is told of the hundred that suffered most, and of how many more', () => {
    const many = Object.fromEntries(
      Array.from({ length: 130 }, (_, index) => [`save${index}`, `insert into invoice${index} values ($1)`] as const),
    );
    const verdict = diagnose(
      smallHistory({
        statements: many,
        booked: (second) =>
          Object.fromEntries(
            Object.keys(many).map((id, index) => [id, [100, second < quietSeconds ? 2 : 3 + index, 10]] as const),
          ),
        rows: () => [],
        incidentSeconds: 20,
      }),
    );
    expect(verdict.victims).toHaveLength(100);
    expect(verdict.moreVictims).toBe(30);
    expect(verdict.victims[0]?.statement.statementId).toBe('save129');
    expect(verdict.victims.at(-1)?.statement.statementId).toBe('save30');
    expect(verdict.badges.find(({ kind }) => kind === 'work')?.text).toContain('130 statements');
    expect(incident(12, 10).moreVictims).toBeUndefined();
  });

  it('happens while the call waits, not when it is booked', () => {
    // One save waits from second 31 to second 48: it is booked in the last interval, the lock is held in all of them.
    const input = smallHistory({
      statements: { ...statements, vacuum: 'vacuum full invoice' },
      booked: (second) => ({ save: second === 45 ? [100, (99 * 2 + 17_000) / 100, 10] : [100, 2, 10] }),
      rows: (second) =>
        second < 31 || second > 47
          ? []
          : [
              rowOf('vacuum', 1, { waitEventType: 'IO', waitEvent: 'DataFileRead', queryStartMs: at(31) }),
              rowOf('save', 2, {
                waitEventType: 'Lock',
                waitEvent: 'relation',
                blockedByPids: [1],
                queryStartMs: at(31),
              }),
            ],
      incidentSeconds: 20,
    });
    const whole = diagnose(input);
    expect(whole.damageSeconds).toBeCloseTo(17, 0);
    const early = diagnose({ ...input, toMs: at(40) });
    // The last look before 40 s is at 39.5 s.
    expect(early.damageSeconds).toBeCloseTo(8.5, 1);
    expect(early.findings[0]).toMatchObject({ class: 'maintenance', grade: 'B', cure: 'reschedule' });
    expect(findingDetail(input, 'vacuum').blocked).toMatchObject([{ statement: { statementId: 'save' } }]);
    expect(findingDetail(input, 'vacuum').blocked[0]?.waitedSeconds).toBeCloseTo(17, 9);
  });
});

describe('the time between the statements of a save', () => {
  const paused = (sessions: number) =>
    diagnose(
      smallHistory({
        statements,
        booked: () => ({ save: [100, 2, 10] }),
        betweenMs: (second) => (second < quietSeconds ? 100 : 2100),
        rows: (second) =>
          second < quietSeconds
            ? []
            : Array.from({ length: sessions }, (_, pid) => rowOf('report', pid, { queryStartMs: at(quietSeconds) })),
        incidentSeconds: 20,
      }),
    );

  it('is damage, by the same formula', () => {
    const verdict = paused(16);
    expect(verdict.damageSeconds).toBeCloseTo((400 * (21 - 1)) / 1000, 9);
    expect(verdict.victims).toMatchObject([{ calls: 400, baselineMs: 1, meanMs: 21, workRatio: 1 }]);
    expect(verdict).toMatchObject({ baselineMeanMs: 3, meanMs: 23, conclusion: 'culprits' });
  });

  it('is nobody’s where the processors had room: the client paused', () => {
    const verdict = paused(3);
    expect(verdict.damageSeconds).toBeCloseTo(8, 9);
    expect(verdict).toMatchObject({ conclusion: 'outside', findings: [{ grade: 'D', blameShare: 0 }] });
  });
});

describe('the chain of locks', () => {
  const chain = (root: 'report' | 'save', rootWait: readonly [string, string] | null) =>
    diagnose(
      smallHistory({
        statements: { ...statements, stock: 'update stock set on_hand = $1' },
        booked: (second) => ({ save: second < quietSeconds ? [100, 2, 10] : [100, 62, 10], stock: [100, 1, 5] }),
        rows: (second) =>
          second < quietSeconds
            ? []
            : [
                rowOf(root, 1, {
                  waitEventType: rootWait?.[0] ?? null,
                  waitEvent: rootWait?.[1] ?? null,
                  queryStartMs: at(quietSeconds),
                }),
                rowOf('stock', 2, { waitEventType: 'Lock', waitEvent: 'tuple', blockedByPids: [1] }),
                rowOf('save', 3, { waitEventType: 'Lock', waitEvent: 'transactionid', blockedByPids: [2] }),
                rowOf('save', 4, { waitEventType: 'Lock', waitEvent: 'transactionid', blockedByPids: [2, 3] }),
              ],
        incidentSeconds: 20,
      }),
    );

  it('is walked to its root, which gets all of the blame', () => {
    const verdict = chain('report', ['IO', 'DataFileRead']);
    expect(verdict.findings).toMatchObject([{ statement: { statementId: 'report' }, evidence: [{ kind: 'lock' }] }]);
    expect(verdict.findings[0]?.blameShare).toBeGreaterThan(0.95);
    expect(verdict.findings[0]?.evidence[0]?.text).toMatch(/^kept 3 sessions waiting for 1 min in total/);
  });

  it('accuses nobody where a save at work is the root', () => {
    expect(chain('save', null).findings).toEqual([]);
  });
});

describe('the disk', () => {
  it('is shared by kind of use, and the suspect that fills the queue is blamed', () => {
    const verdict = diagnose(
      smallHistory({
        statements,
        booked: (second) => ({ save: second < quietSeconds ? [100, 2, 10] : [100, 40, 10] }),
        rows: (second) =>
          second < quietSeconds
            ? []
            : [
                rowOf('report', 1, { waitEventType: 'IO', waitEvent: 'BufFileWrite', queryStartMs: at(quietSeconds) }),
                rowOf('report', 5, { waitEventType: 'IO', waitEvent: 'BufFileRead', leaderPid: 1 }),
                rowOf('save', 2, { waitEventType: 'IO', waitEvent: 'DataFileRead' }),
              ],
        incidentSeconds: 20,
      }),
    );
    expect(verdict.findings).toMatchObject([{ grade: 'B', evidence: [{ kind: 'temp_io' }] }]);
    expect(verdict.unexplainedShare).toBeLessThan(0.1);
  });
});

describe('one query', () => {
  const twice = smallHistory({
    statements: { ...statements },
    booked: (second) => ({ save: second < quietSeconds ? [100, 2, 10] : [100, 5, 10] }),
    rows: (second) =>
      second < quietSeconds
        ? []
        : [1, 2, 3, 4, 5, 6].map((pid) =>
            rowOf(pid % 2 === 0 ? 'report' : 'other', pid, { query: statements.report, queryStartMs: at(second - 3) }),
          ),
    incidentSeconds: 20,
  });
  const other = { statementId: 'other', databaseName: 'erp', roleName: 'bi', text: statements.report };
  const key = { databaseOid: '16384', roleOid: 'bi', queryid: '77', toplevel: true };
  const input = { ...twice, statements: [...twice.statements, { ...other, key, fingerprint: statements.report }] };

  it('is one finding under all of its roles and queryids', () => {
    const { findings } = diagnose(input);
    expect(findings).toHaveLength(1);
    expect(findings[0]?.blameShare).toBeGreaterThan(0.9);
  });

  it('is not blamed for more waiting than its sessions can have caused', () => {
    const slower = input.deltas.map((one) => ({
      ...one,
      deltas: one.deltas.map((row) =>
        one.fromMs < at(quietSeconds)
          ? row
          : { ...row, counters: { ...row.counters, totalExecMs: 40 * row.counters.calls } },
      ),
    }));
    // Six sessions on four cores do not make 2 ms into 40 ms: somebody else is at the processors too.
    expect(diagnose({ ...input, deltas: slower })).toMatchObject({
      conclusion: 'outside',
      findings: [{ grade: 'D' }],
    });
  });

  it("takes the person's word on its class", () => {
    const overrides = new Map([[statements.report, 'oltp' as const]]);
    expect(diagnose({ ...input, overrides }).findings).toEqual([]);
    const described = describeStatements({ ...input, overrides });
    expect(described.map(({ statementId }) => statementId)).toEqual(['other', 'report', 'save']);
    expect(described[0]).toMatchObject({ class: 'oltp', classSource: 'override', queryid: '77', roleName: 'bi' });
  });
});

it('a statement that nobody may see is never accused, and the missing right is named', () => {
  const verdict = diagnose(
    smallHistory({
      statements,
      booked: (second) => ({ save: second < quietSeconds ? [100, 2, 10] : [100, 40, 10] }),
      rows: (second) =>
        second < quietSeconds
          ? []
          : [1, 2, 3, 4, 5, 6, 7, 8].map((pid) => rowOf(null, pid, { query: '<insufficient privilege>' })),
      incidentSeconds: 20,
    }),
  );
  expect(verdict).toMatchObject({ conclusion: 'unexplained', findings: [] });
  expect(verdict.badges.find(({ kind }) => kind === 'capability')?.text).toContain('pg_read_all_stats');
});

it('gaps in the samples are told', () => {
  const input = smallHistory({
    statements,
    booked: () => ({ save: [100, 2, 10] }),
    rows: () => [],
    incidentSeconds: 30,
  });
  const samples = input.samples.filter(({ atMs }) => atMs < at(40) || atMs > at(52));
  expect(diagnose({ ...input, samples }).badges).toContainEqual({
    kind: 'sampling',
    tone: 'warning',
    text: '1.0 s samples, 13 s without any',
  });
});

it('a window in which nobody looked says so, and nothing about the server', () => {
  const input = smallHistory({
    statements,
    booked: () => ({ save: [100, 2, 10] }),
    rows: () => [],
    incidentSeconds: 20,
  });
  const { badges } = diagnose({ ...input, samples: [], deltas: [], statisticsAvailable: false });
  expect(badges).toContainEqual({ kind: 'sampling', tone: 'warning', text: 'no activity samples' });
  expect(badges.map(({ kind }) => kind)).not.toContain('capability');
});

it('a standstill behind a lock is no quiet stretch to compare with, though its holder stands idle', () => {
  const input = smallHistory({
    statements,
    booked: (second) => ({ save: second < quietSeconds ? [100, 2, 10] : [100, 300, 10] }),
    rows: (second) =>
      second < quietSeconds
        ? []
        : [
            rowOf('save', 1, { state: 'idle in transaction', queryStartMs: at(quietSeconds) }),
            rowOf('save', 2, {
              waitEventType: 'Lock',
              waitEvent: 'relation',
              blockedByPids: [1],
              queryStartMs: at(second),
            }),
          ],
    incidentSeconds: 60,
  });
  // Asked about the quiet part, as a comparison does: what came after it is all there is around.
  const verdict = diagnose({ ...input, fromMs: at(0), toMs: at(quietSeconds) });
  expect(verdict.baselineMeanMs).toBeCloseTo(2, 6);
});

it("a statement is known by its widget's title, for a machine that has no such dashboard", () => {
  const input = smallHistory({
    statements,
    booked: () => ({ save: [100, 2, 10] }),
    rows: () => [],
    incidentSeconds: 20,
  });
  const widgets = [{ widgetId: 'w1', fingerprint: statements.report, widgetTitle: 'Sales by line' }];
  const described = describeStatements({ ...input, widgets });
  expect(described.map(({ widgetId, widgetTitle }) => [widgetId, widgetTitle])).toEqual([
    ['w1', 'Sales by line'],
    [null, undefined],
  ]);
});

it('says of a time in which saving was faster than before that it was', () => {
  const { conclusion, sentence } = diagnose(
    smallHistory({
      statements: { save: 'insert into invoice values ($1)' },
      booked: (second) => ({ save: [100, second < quietSeconds ? 4 : 2, 10] }),
      rows: () => [],
      incidentSeconds: 30,
    }),
  );
  expect(conclusion).toBe('no_damage');
  expect(sentence).toMatch(/was faster than in quiet times \(4\.\d+ → 2\.\d+ ms/);
});
