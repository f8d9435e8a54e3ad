import { describe, expect, test } from 'vitest';
import { noCounters } from '../../../../electron/core/diagnosis/no-counters.ts';
import type { ServerCounters } from '../../../../shared/model/sampling.ts';
import { fingerprint } from '../../../../electron/core/history/fingerprint.ts';
import { activityRow, deltaSet, keyOf, openTestHistory } from './store.ts';

const noon = 1_795_000_000_000;

describe('statements', () => {
  test('one seen by activity and by snapshots is one statement, whoever saw it first', async () => {
    const { samples } = await openTestHistory();
    await samples.saveSample('erp', { atMs: noon, rows: [activityRow({ queryid: '11', query: 'select 1' })] });
    await samples.saveDeltas('erp', deltaSet(noon + 1000, [keyOf('11'), keyOf('22')]));
    await samples.saveSample('erp', {
      atMs: noon + 2000,
      rows: [activityRow({ queryid: '22', query: 'select 2, 3' })],
    });

    const [first, second] = await samples.samples('erp', noon, noon + 5000);
    const [interval] = await samples.deltas('erp', noon, noon + 5000);
    const ids = interval?.deltas.map((delta) => delta.statementId);
    expect([first?.rows[0]?.statementId, second?.rows[0]?.statementId]).toEqual(ids);
    expect(await samples.statements('erp')).toHaveLength(2);
  });

  test('database, role, queryid and top level tell statements apart, and so does the server', async () => {
    const { samples } = await openTestHistory();
    const keys = [
      keyOf('-9223372036854775808'),
      keyOf('-9223372036854775807'),
      keyOf('-9223372036854775808', { databaseOid: '4294967295' }),
      keyOf('-9223372036854775808', { roleOid: '10' }),
      keyOf('-9223372036854775808', { toplevel: false }),
    ];
    await samples.saveDeltas('erp', deltaSet(noon, keys));
    await samples.saveDeltas('other', deltaSet(noon, keys.slice(0, 1)));
    const statements = await samples.statements('erp');
    expect(statements.map((statement) => statement.key)).toEqual(keys);
    expect(await samples.statementCount('erp')).toBe(5);
    const [other] = await samples.statements('other');
    expect(statements.map((statement) => statement.statementId)).not.toContain(other?.statementId);
  });

  test('keep their ids over a restart', async () => {
    const history = await openTestHistory();
    await history.samples.saveDeltas('erp', deltaSet(noon, [keyOf('11')]));
    const before = await history.samples.statements('erp');
    await history.samples.saveSample('erp', { atMs: noon, rows: [activityRow({ queryid: null, query: 'vacuum t' })] });
    const [, unkeyed] = await history.samples.statements('erp');
    expect(unkeyed).toMatchObject({ key: null, text: 'vacuum t', fingerprint: fingerprint('vacuum t') });
    expect((await history.samples.statements('erp'))[0]).toEqual(before[0]);
  });

  test('without a queryid, they are known by their text until the statistics name them', async () => {
    const { samples } = await openTestHistory();
    const row = (query: string) => activityRow({ queryid: null, query });
    await samples.saveSample('erp', { atMs: noon, rows: [row('select a from t where b = 7'), row('select 8')] });
    await samples.saveSample('erp', { atMs: noon + 1, rows: [row('SELECT a FROM t WHERE b = 8')] });
    expect(await samples.statementCount('erp')).toBe(2);

    const text = 'select a from t where b = $1';
    await samples.saveTexts('erp', [{ key: keyOf('11'), text, databaseName: 'erp', roleName: 'erp_app' }]);
    await samples.saveSample('erp', { atMs: noon + 2, rows: [row('select a from t where b = 9')] });

    const named = (await samples.statements('erp')).find((statement) => statement.key !== null);
    expect(named).toMatchObject({ text, databaseName: 'erp', roleName: 'erp_app' });
    const stored = await samples.samples('erp', noon, noon + 9);
    expect(stored.map((sample) => sample.rows[0]?.statementId)).toEqual(Array(3).fill(named?.statementId));
    expect(stored.map((sample) => sample.rows[0]?.row.query)).toEqual([
      'select a from t where b = 7',
      'SELECT a FROM t WHERE b = 8',
      'select a from t where b = 9',
    ]);
    expect(await samples.statementCount('erp')).toBe(2);
  });

  test('show a sampled text until the normalized one is known, and ask for it till then', async () => {
    const { samples } = await openTestHistory();
    const sampled = 'select a from t where b = 7';
    await samples.saveSample('erp', { atMs: noon, rows: [activityRow({ queryid: '11', query: sampled })] });
    expect(await samples.keysWithoutText('erp')).toEqual([keyOf('11')]);
    expect(await samples.statements('erp')).toMatchObject([{ text: sampled, fingerprint: fingerprint(sampled) }]);

    const text = 'select a from t where b = $1 -- and what the sample cut off\n and c';
    await samples.setClassOverride('erp', fingerprint(sampled), 'batch');
    await samples.saveTexts('erp', [{ key: keyOf('11'), text, databaseName: null, roleName: null }]);
    expect(await samples.keysWithoutText('erp')).toEqual([]);
    expect(await samples.statements('erp')).toMatchObject([{ text, databaseName: 'erp', roleName: 'erp_app' }]);
    expect((await samples.classOverrides('erp')).get(fingerprint(text))).toBe('batch');
    const [sample] = await samples.samples('erp', noon, noon);
    expect(sample?.rows[0]?.row.query).toBe(sampled);
  });

  test('a text that the role may not see makes no statement', async () => {
    const { samples } = await openTestHistory();
    const rows = [activityRow({ query: '<insufficient privilege>' }), activityRow({ query: '' })];
    await samples.saveSample('erp', { atMs: noon, rows });
    const [sample] = await samples.samples('erp', noon, noon);
    expect(sample?.rows.map((row) => row.statementId)).toEqual([null, null]);
    expect(await samples.statements('erp')).toEqual([]);
  });
});

describe('what is written comes back', () => {
  test('a sample, to the microsecond', async () => {
    const { samples } = await openTestHistory();
    const rows = [
      activityRow({ queryid: '11', query: 'x'.repeat(1000), backendXminAge: 12, xactStartMs: noon - 0.001 }),
      activityRow({ pid: 2, leaderPid: 4711, backendType: 'parallel worker', queryid: '11', query: 'x'.repeat(1000) }),
      activityRow({
        pid: 3,
        queryid: '12',
        query: "update t set a = 'é'",
        waitEventType: 'Lock',
        waitEvent: 'transactionid',
        blockedByPids: [4711, 5],
      }),
      activityRow({ pid: 5, queryid: '12', query: 'update t set a = 2', state: 'idle in transaction' }),
    ];
    await samples.saveSample('erp', { atMs: noon + 0.5, rows });
    await samples.saveSample('erp', { atMs: noon + 1000.25, rows: [] });
    const stored = await samples.samples('erp', noon, noon + 2000);
    expect(stored.map((sample) => sample.atMs)).toEqual([noon + 0.5, noon + 1000.25]);
    const back = stored[0]?.rows.map(({ row }) => ({
      ...row,
      query: row.query,
      blockedByPids: row.blockedByPids.toSorted().toReversed(),
    }));
    expect(back).toEqual(rows.map((row) => ({ ...row, blockedByPids: row.blockedByPids.toSorted().toReversed() })));
    expect(await samples.samples('erp', noon + 1, noon + 2)).toEqual([]);
  });

  test('deltas, and the intervals that overlap a window', async () => {
    const { samples } = await openTestHistory();
    const counters = { totalExecMs: 12.345678, sumSquaresMs2: 1e13, sharedBlksHit: 3e9, walBytes: 2 ** 50, rows: 7 };
    await samples.saveDeltas('erp', { ...deltaSet(noon, [keyOf('11')], counters), coverage: 0.97, resets: 1 });
    await samples.saveDeltas('erp', deltaSet(noon + 60_000, []));
    await samples.saveDeltas('erp', deltaSet(noon + 120_000, []));

    const found = await samples.deltas('erp', noon - 30_000, noon + 10_000);
    expect(found.map((interval) => interval.toMs)).toEqual([noon, noon + 60_000]);
    expect(found[0]).toMatchObject({ fromMs: noon - 60_000, coverage: 0.97, resets: 1, deallocs: 0 });
    expect(JSON.parse(JSON.stringify(found[0]?.deltas[0]?.counters))).toEqual({ ...noCounters, calls: 1, ...counters });
    expect(await samples.extent('erp')).toEqual({ fromMs: noon - 60_000, toMs: noon + 120_000 });
    expect(await samples.extent('unknown')).toBeNull();
  });

  test('the last snapshot, unless deltas after it say that it was not the last', async () => {
    const { samples } = await openTestHistory();
    const snapshot = {
      atMs: noon,
      entries: [
        {
          key: keyOf('-7', { toplevel: false }),
          counters: { ...noCounters, calls: 3, walBytes: 0.5 },
          statsSinceMs: null,
        },
        { key: keyOf('8', { databaseOid: '4294967295' }), counters: noCounters, statsSinceMs: noon - 5.25 },
      ],
      dealloc: 4,
      statsResetMs: noon - 1e6,
      activeTimeMs: 12.5,
      idleInTransactionMs: 1234.5,
    };
    expect(await samples.lastSnapshot('erp')).toBeNull();
    await samples.saveDeltas('erp', deltaSet(noon, [keyOf('8')]));
    await samples.saveLastSnapshot('erp', snapshot);
    expect(await samples.lastSnapshot('erp')).toEqual(snapshot);
    await samples.saveDeltas('erp', deltaSet(noon + 60_000, [keyOf('8')]));
    expect(await samples.lastSnapshot('erp')).toBeNull();
  });

  test('the last snapshot also after the server set its clock back', async () => {
    const { samples } = await openTestHistory();
    const snapshot = { atMs: noon - 3_600_000, entries: [], dealloc: 0, statsResetMs: null, activeTimeMs: null };
    await samples.saveDeltas('erp', deltaSet(noon, [keyOf('8')]));
    await samples.saveLastSnapshot('erp', snapshot);
    expect(await samples.lastSnapshot('erp')).toMatchObject({ atMs: snapshot.atMs });
    await samples.saveDeltas('erp', deltaSet(noon - 3_590_000, [keyOf('8')]));
    expect(await samples.lastSnapshot('erp')).toBeNull();
  });

  test('what the instance counted, its standbys, a restart and a clock that was set', async () => {
    const { samples } = await openTestHistory();
    const server = { commits: 12, rollbacks: null, walBytes: 2 ** 40 } as ServerCounters;
    const replication = [{ applicationName: 'standby', state: 'streaming', replayLagMs: 12.5, replayLagBytes: null }];
    const set = { ...deltaSet(noon, []), server, replication, restarted: true, clockSetByMs: -3_600_000 };
    await samples.saveDeltas('erp', set);
    expect(await samples.deltas('erp', noon - 1, noon)).toEqual([{ ...set, idleInTransactionMs: null }]);
    const snapshot = {
      atMs: noon,
      entries: [],
      dealloc: 4,
      statsResetMs: null,
      activeTimeMs: 12.5,
      idleInTransactionMs: null,
      server,
      serverResetMs: noon - 7,
      serverStartedAtMs: noon - 1e6,
    };
    await samples.saveLastSnapshot('erp', snapshot);
    expect(await samples.lastSnapshot('erp')).toEqual(snapshot);
  });
});

test('a write that fails leaves nothing, and the next one works', async () => {
  const { samples } = await openTestHistory();
  const twice = deltaSet(noon, [keyOf('11'), keyOf('11')]);
  await expect(samples.saveDeltas('erp', twice)).rejects.toThrow(/comes twice/);
  expect(await samples.statements('erp')).toEqual([]);
  await samples.saveDeltas('erp', deltaSet(noon, [keyOf('11')]));
  expect(await samples.statements('erp')).toMatchObject([{ key: keyOf('11') }]);
});

test('a day with 500 of 5,000 statements changing every minute stays under 60 MB', async () => {
  const history = await openTestHistory();
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const minute = async (at: number): Promise<void> => {
    const keys = new Set(Array.from({ length: 500 }, (_, slot) => slot * 10 + random(10)));
    const deltas = [...keys].map((queryid) => ({
      key: keyOf(String(queryid)),
      discontinuity: false,
      counters: {
        ...noCounters,
        calls: 1 + random(300),
        rows: random(900),
        totalExecMs: random(900_000) / 1000,
        sumSquaresMs2: random(1e9) / 1000,
        sharedBlksHit: random(20_000),
        sharedBlksRead: random(300),
        sharedBlkReadMs: random(10_000) / 1000,
        walBytes: queryid % 3 === 0 ? random(60_000) : 0,
      },
    }));
    await history.samples.saveDeltas('erp', { ...deltaSet(at, []), deltas });
    for (let tick = 0; tick < 12; tick++) {
      const rows = Array.from({ length: 8 }, (_, pid) =>
        activityRow({
          pid,
          queryid: String(random(300)),
          query: `select a from t where b = ${random(1e9)} ${'and c = d '.repeat(60)}`,
          queryStartMs: at - random(5000) + 0.123,
        }),
      );
      await history.samples.saveSample('erp', { atMs: at + tick * 5000, rows });
    }
  };
  const sizeAfter = async (from: number, to: number): Promise<number> => {
    for (let at = from; at < to; at++) await minute(noon + at * 60_000);
    await history.samples.saveLastSnapshot('erp', {
      atMs: noon + to * 60_000,
      entries: [],
      dealloc: 0,
      statsResetMs: null,
      activeTimeMs: null,
      idleInTransactionMs: 1234.5,
    });
    return history.sizeBytes();
  };
  const begun = await sizeAfter(0, 60);
  const ended = await sizeAfter(60, 180);
  expect(((ended - begun) / 120) * 1440).toBeLessThan(60e6);
});
