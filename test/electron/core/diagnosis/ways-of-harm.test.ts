import { describe, expect, it } from 'vitest';
import { noCounters } from '../../../../electron/core/diagnosis/no-counters.ts';
import { diagnose } from '../../../../electron/core/diagnosis/diagnose.ts';
import type { DiagnosisInput } from '../../../../electron/core/diagnosis/input.ts';
import { rowOf } from '../../../support/diagnosis-scenarios.ts';
import { at, quietSeconds, smallHistory, type SmallHistory } from './small-history.ts';

const statements = {
  save: 'insert into invoice values ($1)',
  commit: 'commit',
  scan: 'select sum(x) from line where note like $1',
  import: 'insert into receipt select * from staging',
};
const saving = (
  waiting: (second: number) => boolean,
  betweenMs: number,
): Pick<SmallHistory, 'booked' | 'betweenMs'> => ({
  booked: () => ({ save: [100, 2, 10] }),
  betweenMs: (second) => (waiting(second) ? betweenMs : 100),
});
const duringIncident = (second: number): boolean => second >= quietSeconds;

describe('sessions that wait for files', () => {
  const reading = (waitEvent: string, betweenMs: number) =>
    diagnose(
      smallHistory({
        statements,
        ...saving(duringIncident, betweenMs),
        rows: (second) =>
          duringIncident(second)
            ? Array.from({ length: 7 }, (_, pid) =>
                rowOf('scan', pid, { waitEventType: 'IO', waitEvent, queryStartMs: at(quietSeconds) }),
              )
            : [],
        incidentSeconds: 20,
      }),
    );

  it('keep processors busy where they are too many for them: reads come from the page cache', () => {
    const verdict = reading('AioIoCompletion', 900);
    expect(verdict.findings[0]).toMatchObject({ grade: 'B', statement: { statementId: 'scan' } });
    expect(verdict.findings[0]?.evidence[0]).toMatchObject({ kind: 'read_io' });
    expect(verdict.findings[0]?.blameShare).toBeGreaterThan(0.95);
  });

  it('are not blamed for more waiting than so many sessions can have caused', () => {
    expect(reading('DataFileRead', 40_000)).toMatchObject({ conclusion: 'outside', findings: [{ grade: 'D' }] });
  });
});

describe('sessions on the processors', () => {
  const verdictWhere = (metOnProcessor: (second: number) => boolean) =>
    diagnose(
      smallHistory({
        statements: { ...statements, nap: 'select count(pg_sleep(0.02)) from generate_series(1, $1)' },
        ...saving(duringIncident, 900),
        rows: (second) =>
          duringIncident(second)
            ? Array.from({ length: 10 }, (_, pid) => {
                const nap = pid >= 7;
                const asleep = nap && !metOnProcessor(second);
                const wait = asleep ? { waitEventType: 'Timeout', waitEvent: 'PgSleep' } : {};
                return rowOf(nap ? 'nap' : 'scan', pid, { ...wait, queryStartMs: at(quietSeconds) });
              })
            : [],
        incidentSeconds: 20,
      }),
    );
  const graded = (verdict: ReturnType<typeof verdictWhere>) =>
    Object.fromEntries(verdict.findings.map(({ statement, grade }) => [statement.statementId, grade]));

  it('are not accused for two looks of twenty that met them there: that may be an accident', () => {
    expect(graded(verdictWhere((second) => second === 38 || second === 44))).toEqual({ scan: 'B', nap: 'D' });
  });

  it('are accused for a third of the looks', () => {
    expect(graded(verdictWhere((second) => second % 3 === 0))).toEqual({ scan: 'B', nap: 'B' });
  });
});

describe('io workers of PostgreSQL 18', () => {
  const worker = (pid: number) => ({
    ...rowOf('scan', pid, { backendType: 'io worker', state: null, waitEventType: 'IO', waitEvent: 'DataFileRead' }),
    statementId: null,
  });
  const reading = (readers: number) =>
    diagnose(
      smallHistory({
        statements,
        ...saving(duringIncident, 900),
        rows: (second) =>
          duringIncident(second)
            ? [
                ...Array.from({ length: readers }, (_, pid) =>
                  rowOf('scan', 20 + pid, {
                    waitEventType: 'IO',
                    waitEvent: 'AioIoCompletion',
                    queryStartMs: at(quietSeconds),
                  }),
                ),
                worker(1),
                worker(2),
                worker(3),
              ]
            : [],
        incidentSeconds: 20,
      }),
    );

  it('count for the sessions that wait for what they read', () => {
    const { findings } = reading(4);
    expect(findings.map(({ statement }) => statement.statementId)).toEqual(['scan']);
    expect(findings[0]).toMatchObject({ grade: 'B' });
    expect(findings[0]?.blameShare).toBeGreaterThan(0.95);
  });

  it('are nobody’s where nobody waits, and never a finding of their own', () => {
    const ahead = reading(0);
    expect(ahead.findings).toEqual([]);
    expect(ahead.unexplainedShare).toBeGreaterThan(0.9);
  });
});

it('processors that others fill add nothing to the share of a lock', () => {
  const verdict = diagnose(
    smallHistory({
      statements,
      booked: (second) => ({ save: duringIncident(second) ? [100, 12, 10] : [100, 2, 10] }),
      betweenMs: (second) => (duringIncident(second) ? 20_000 : 100),
      rows: (second) =>
        duringIncident(second)
          ? [
              ...[0, 1, 2, 3, 4, 5, 6].map((pid) => rowOf('scan', pid, { queryStartMs: at(quietSeconds) })),
              rowOf('save', 9, { waitEventType: 'Lock', waitEvent: 'relation', blockedByPids: [1] }),
            ]
          : [],
      incidentSeconds: 20,
    }),
  );
  const [first] = verdict.findings;
  expect(first).toMatchObject({ grade: 'B', statement: { statementId: 'scan' } });
  // 10 ms for each of 400 saves, and as much in the rush behind it.
  expect(first?.damageSeconds).toBeCloseTo(8, 0);
  expect(first?.evidence.filter(({ damageSeconds }) => damageSeconds > 0).map(({ kind }) => kind)).toEqual(['lock']);
});

describe('the log', () => {
  const waitingForLog = (importBytes: number): DiagnosisInput => {
    const input = smallHistory({
      statements,
      ...saving(() => false, 0),
      booked: (second) => ({ save: [100, 2, 10], import: duringIncident(second) ? [1, 4000, 50_000] : [0, 0, 0] }),
      rows: (second) =>
        duringIncident(second)
          ? [
              rowOf('import', 1, { queryStartMs: at(quietSeconds) }),
              ...[2, 3, 4].map((pid) => rowOf('commit', pid, { waitEventType: 'LWLock', waitEvent: 'WALWrite' })),
            ]
          : [],
      incidentSeconds: 20,
    });
    return {
      ...input,
      deltas: input.deltas.map((one) => ({
        ...one,
        deltas: one.deltas.map((row) => ({
          ...row,
          counters: {
            ...noCounters,
            ...row.counters,
            rows: row.statementId === 'import' ? 40_000 : row.counters.rows,
            walBytes: row.statementId === 'import' ? importBytes : 50_000,
          },
        })),
      })),
    };
  };

  it('that an import writes keeps every COMMIT waiting: damage that no statement clock shows', () => {
    const verdict = diagnose(waitingForLog(60_000_000));
    // Three sessions for 20 s.
    expect(verdict.damageSeconds).toBeCloseTo(60, 0);
    expect(verdict.victims[0]).toMatchObject({ statement: { statementId: 'commits' }, calls: 400 });
    const [first] = verdict.findings;
    expect(first).toMatchObject({
      grade: 'B',
      class: 'batch',
      cure: 'reschedule',
      statement: { statementId: 'import' },
    });
    expect(first?.evidence[0]).toMatchObject({ kind: 'wal' });
    expect(first?.evidence[0]?.text).toMatch(/^wrote 229 MB of the log/);
  });

  it('accuses nobody who hardly wrote any of it', () => {
    expect(diagnose(waitingForLog(20_000))).toMatchObject({ conclusion: 'outside', findings: [{ grade: 'D' }] });
  });
});

describe('a lock that was let go', () => {
  it('is to blame for the rush behind it too, as long as the queue was, and not for what comes later', () => {
    const held = (second: number) => second >= 30 && second < 40;
    const verdict = diagnose(
      smallHistory({
        statements: { ...statements, refresh: 'refresh materialized view mv' },
        booked: (second) => ({ save: held(second) ? [100, 42, 10] : [100, 2, 10] }),
        betweenMs: (second) => (second >= 40 ? 2100 : 100),
        rows: (second) =>
          held(second)
            ? [
                rowOf('refresh', 1, { waitEventType: 'IO', waitEvent: 'DataFileWrite', queryStartMs: at(30) }),
                rowOf('save', 2, { waitEventType: 'Lock', waitEvent: 'relation', blockedByPids: [1] }),
              ]
            : [],
        incidentSeconds: 40,
      }),
    );
    // 8 s behind the lock, then 2 s in each of six intervals: the first two of them are the rush.
    expect(verdict.damageSeconds).toBeCloseTo(20, 0);
    expect(verdict.findings[0]).toMatchObject({ grade: 'B', statement: { statementId: 'refresh' } });
    expect(verdict.findings[0]?.damageSeconds).toBeGreaterThan(11);
    expect(verdict.findings[0]?.damageSeconds).toBeLessThan(15);
    expect(verdict.findings[0]?.evidence[0]?.text).toContain('the rush that it let loose cost');
  });

  it('names the session that stood idle with it', () => {
    const verdict = diagnose(
      smallHistory({
        statements: { ...statements, forgotten: 'update stock set reorder_point = $1' },
        booked: (second) => ({ save: duringIncident(second) ? [100, 42, 10] : [100, 2, 10] }),
        rows: (second) =>
          duringIncident(second)
            ? [
                rowOf('forgotten', 4711, {
                  state: 'idle in transaction',
                  waitEventType: 'Client',
                  waitEvent: 'ClientRead',
                  queryStartMs: at(quietSeconds),
                  applicationName: 'psql',
                  roleName: 'dba',
                }),
                rowOf('save', 2, { waitEventType: 'Lock', waitEvent: 'tuple', blockedByPids: [4711] }),
              ]
            : [],
        incidentSeconds: 20,
      }),
    );
    expect(verdict.findings[0]).toMatchObject({ statement: { statementId: 'forgotten' }, runBy: ['psql'] });
    expect(verdict.findings[0]?.evidence[0]?.text).toContain('the transaction of process 4711 (psql, dba) stood idle');
    expect(verdict.findings[0]?.cureText).toContain('end the transaction sooner');
  });
});

describe('what the numbers rest on', () => {
  const quiet = smallHistory({ statements, ...saving(() => false, 0), rows: () => [], incidentSeconds: 20 });
  const badgesOf = (change: Partial<DiagnosisInput['deltas'][number]>) =>
    diagnose({
      ...quiet,
      deltas: quiet.deltas.map((one) => (one.fromMs === at(40) ? { ...one, ...change } : one)),
    }).badges.map(({ kind, tone }) => `${kind} ${tone}`);

  it('is badged where the server restarted, or its clock was set', () => {
    expect(badgesOf({})).not.toContain('restart warning');
    expect(badgesOf({ restarted: true })).toContain('restart warning');
    expect(badgesOf({ clockSetByMs: -3_600_000 })).toContain('clock warning');
  });

  it('is badged where the server aborted transactions in deadlocks', () => {
    expect(badgesOf({ server: { ...nothingCounted, deadlocks: 0 } })).not.toContain('deadlock warning');
    expect(badgesOf({ server: { ...nothingCounted, deadlocks: 2 } })).toContain('deadlock warning');
  });

  it('says whose the cores are', () => {
    const cores = { value: 2, source: 'estimate', thisMachine: true } as const;
    const { badges } = diagnose({ ...quiet, cores });
    expect(badges).toContainEqual({ kind: 'cores', tone: 'good', text: "2 cores (this machine's)" });
  });

  it('does not pass for complete where nobody counted evictions', () => {
    const deltas = quiet.deltas.map((one) => ({ ...one, deallocs: null }));
    const { badges } = diagnose({ ...quiet, deltas });
    expect(badges).toContainEqual({ kind: 'eviction', tone: 'neutral', text: 'evictions unknown' });
  });
});

describe("the server's own processes", () => {
  it('are suspects with a name, and a checkpoint with what it wrote', () => {
    const input = smallHistory({
      statements,
      booked: (second) => ({ save: duringIncident(second) ? [100, 42, 10] : [100, 2, 10] }),
      rows: (second) =>
        duringIncident(second)
          ? [
              rowOf('backend:checkpointer', 9, {
                backendType: 'checkpointer',
                state: null,
                waitEventType: 'IO',
                waitEvent: 'DataFileSync',
              }),
              rowOf('save', 2, { waitEventType: 'IO', waitEvent: 'DataFileRead' }),
            ]
          : [],
      incidentSeconds: 20,
    });
    const counted = { checkpoints: 1, checkpointBuffers: 26_214, checkpointWriteMs: 900, checkpointSyncMs: 3500 };
    const server = { ...nothingCounted, ...counted };
    const deltas = input.deltas.map((one) => (one.fromMs === at(40) ? { ...one, server } : one));
    const [first] = diagnose({ ...input, deltas }).findings;
    expect(first).toMatchObject({ grade: 'B', class: 'maintenance', cure: 'leave' });
    expect(first?.cureText).toContain('raise max_wal_size and checkpoint_timeout');
    expect(first?.statement.text).toContain('checkpoint');
    expect(first?.evidence[0]).toMatchObject({ kind: 'write_io' });
    expect(first?.evidence[0]?.text).toContain('(writing data)');
    expect(first?.evidence[0]?.text).toMatch(/1 checkpoint wrote 205 MB, 3\.5 s of it waiting/);
  });
});

describe('a synchronous standby', () => {
  it('that does not answer is named, where every COMMIT waits for it', () => {
    const input = smallHistory({
      statements,
      ...saving(() => false, 0),
      rows: (second) =>
        duringIncident(second)
          ? [1, 2, 3].map((pid) => rowOf('commit', pid, { waitEventType: 'IPC', waitEvent: 'SyncRep' }))
          : [],
      incidentSeconds: 20,
    });
    const replication = [
      { applicationName: 'standby_2', state: 'streaming', replayLagMs: 3200, replayLagBytes: 900_000 },
    ];
    const verdict = diagnose({ ...input, deltas: input.deltas.map((one) => ({ ...one, replication })) });
    // Three sessions for 20 s.
    expect(verdict.damageSeconds).toBeCloseTo(60, 0);
    expect(verdict.conclusion).toBe('culprits');
    expect(verdict.findings).toHaveLength(1);
    const [first] = verdict.findings;
    expect(first).toMatchObject({ grade: 'B', cure: 'leave' });
    expect(first?.statement.text).toContain('synchronous standby');
    expect(first?.evidence).toMatchObject([{ kind: 'replication' }]);
    expect(first?.evidence[0]?.text).toContain('(standby_2, up to 3.2 s behind)');
    expect(first?.blameShare).toBeGreaterThan(0.95);
  });
});

describe('a synchronous standby that answers as always', () => {
  it('is not to blame where every COMMIT waits for the log', () => {
    const commit = (pid: number, waitEvent: string) => rowOf('commit', pid, { waitEventType: 'IPC', waitEvent });
    const input = smallHistory({
      statements,
      ...saving(() => false, 0),
      rows: (second) => [
        commit(1, 'SyncRep'),
        ...(duringIncident(second) ? [2, 3, 4].map((pid) => commit(pid, 'WALWrite')) : []),
      ],
      incidentSeconds: 20,
    });
    const verdict = diagnose(input);
    expect(verdict.damageSeconds).toBeCloseTo(60, 0);
    expect(verdict.findings.filter(({ grade }) => grade !== 'D')).toEqual([]);
  });
});

describe('autovacuum', () => {
  it('is told with what the server counted of its reads and writes', () => {
    const input = smallHistory({
      statements: { ...statements, vacuum: 'autovacuum: VACUUM public.line' },
      booked: (second) => ({ save: duringIncident(second) ? [100, 42, 10] : [100, 2, 10] }),
      rows: (second) =>
        duringIncident(second)
          ? [
              rowOf('vacuum', 9, {
                backendType: 'autovacuum worker',
                waitEventType: 'IO',
                waitEvent: 'DataFileRead',
                queryStartMs: at(quietSeconds),
              }),
              rowOf('save', 2, { waitEventType: 'IO', waitEvent: 'DataFileRead' }),
            ]
          : [],
      incidentSeconds: 20,
    });
    const server = { ...nothingCounted, vacuumIoBlocks: 26_214 };
    const deltas = input.deltas.map((one) => (one.fromMs === at(40) ? { ...one, server } : one));
    const [first] = diagnose({ ...input, deltas }).findings;
    expect(first).toMatchObject({ grade: 'B', statement: { statementId: 'vacuum' } });
    expect(first?.evidence[0]?.text).toContain('autovacuum read and wrote 205 MB');
  });
});

const nothingCounted = {
  commits: null,
  rollbacks: null,
  deadlocks: null,
  tempBytes: null,
  blkReadMs: null,
  blkWriteMs: null,
  checkpoints: null,
  checkpointWriteMs: null,
  checkpointSyncMs: null,
  checkpointBuffers: null,
  walBytes: null,
  ioReads: null,
  ioReadMs: null,
  ioWrites: null,
  ioWriteMs: null,
  ioFsyncs: null,
  ioFsyncMs: null,
  vacuumIoBlocks: null,
};
