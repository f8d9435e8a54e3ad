import { describe, expect, it } from 'vitest';
import { classify, type StatementMeasures } from '../../../../electron/core/diagnosis/classify.ts';
import { readStatementText } from '../../../../electron/core/sql-text/statement-kind.ts';
import type { StatementClass } from '../../../../shared/model/statement.ts';

const short: StatementMeasures = {
  calls: 5000,
  callsPerHour: 100_000,
  fastestMeanMs: 0.2,
  rowsPerCall: 1,
  blocksPerCall: 12,
  tempBlocksPerCall: 0,
  walRecordsPerCall: 0,
  longestWorkingMs: 0,
  runs: { seen: 0, mostAtOnce: 0, medianMs: 0 },
};
const heavy: StatementMeasures = {
  ...short,
  calls: 20,
  callsPerHour: 400,
  fastestMeanMs: 1400,
  rowsPerCall: 60,
  blocksPerCall: 40_000,
};
const unbooked: StatementMeasures = {
  ...short,
  calls: 0,
  callsPerHour: 0,
  fastestMeanMs: null,
  rowsPerCall: null,
  blocksPerCall: null,
  tempBlocksPerCall: null,
  walRecordsPerCall: null,
};
const oneRun = { longestWorkingMs: 6000, runs: { seen: 1, mostAtOnce: 1, medianMs: 6000 } };
const slowSaves = { longestWorkingMs: 6000, runs: { seen: 40, mostAtOnce: 5, medianMs: 3000 } };
const oneSlow = { longestWorkingMs: 6000, runs: { seen: 5, mostAtOnce: 2, medianMs: 40 } };
const classOf = (sql: string | null, measures: StatementMeasures, applications: readonly string[] = []) =>
  classify(readStatementText(sql), measures, applications, undefined).class;

describe('the score', () => {
  const cases: readonly (readonly [string, string | null, StatementMeasures, StatementClass])[] = [
    ['a short insert', 'insert into invoice values ($1)', short, 'oltp'],
    ['a locking lookup', 'select * from stock where id = $1 for update', short, 'oltp'],
    ['a lookup by key', 'select name from customer where id = $1', short, 'oltp'],
    ['a function that writes', 'select post_invoice($1)', { ...short, walRecordsPerCall: 9 }, 'oltp'],
    ['a writing with', 'with gone as (delete from queue returning *) select * from gone', short, 'oltp'],
    ['a heavy aggregate', 'select sum(x) from line group by y', heavy, 'reporting'],
    ['a middling aggregate that runs often', 'select sum(x) from line', { ...short, fastestMeanMs: 80 }, 'reporting'],
    ['a cheap aggregate that runs often', 'select count(*) from approval where open', short, 'oltp'],
    ['a read that spills', 'select * from a order by b', { ...short, tempBlocksPerCall: 40 }, 'reporting'],
    ['a read of many rows', 'select * from item', { ...short, rowsPerCall: 20_000 }, 'reporting'],
    ['a refresh', 'REFRESH MATERIALIZED VIEW CONCURRENTLY mv', heavy, 'reporting'],
    ['copy out', 'copy (select 1) to stdout', { ...heavy, rowsPerCall: 50_000 }, 'reporting'],
    ['copy in', 'copy invoice from stdin', heavy, 'batch'],
    ['a bulk insert', 'insert into line select * from staging', { ...heavy, rowsPerCall: 40_000 }, 'batch'],
    [
      'chunks of an import, one after the other',
      'insert into line select * from staging',
      { ...heavy, rowsPerCall: 40_000, callsPerHour: 5_300, fastestMeanMs: 800 },
      'batch',
    ],
    ['a create table as', 'create table t as select * from line', { ...heavy, rowsPerCall: 90_000 }, 'batch'],
    ['a commit', 'COMMIT', short, 'oltp'],
    ['a vacuum', 'VACUUM (ANALYZE) line', heavy, 'maintenance'],
    ['a monitoring query', 'select * from pg_stat_activity', short, 'maintenance'],
    ['something between', 'select name from customer where note like $1', { ...short, fastestMeanMs: 300 }, 'mixed'],
    ['hidden but heavy', null, heavy, 'reporting'],
    ['a cancelled report', 'select sum(x) from line', { ...unbooked, longestWorkingMs: 6000 }, 'reporting'],
    ['a load that was never booked', 'insert into line select * from staging', { ...unbooked, ...oneRun }, 'batch'],
    ['saves that take seconds, unbooked', 'insert into invoice values ($1)', { ...unbooked, ...slowSaves }, 'oltp'],
    ['a save, one run of which took long', 'insert into invoice values ($1)', { ...unbooked, ...oneSlow }, 'oltp'],
    ['a writer that waits for its first lock', 'update stock set x = $1', unbooked, 'oltp'],
    [
      'a lookup that stood behind a lock for long',
      'select name from customer where id = $1',
      { ...heavy, blocksPerCall: 4, rowsPerCall: 1 },
      'mixed',
    ],
  ];
  for (const [name, sql, measures, expected] of cases) {
    it(`calls ${name} ${expected}`, () => expect(classOf(sql, measures)).toBe(expected));
  }
});

describe('what wins over the score', () => {
  it('an application that is known for what it does, if all that ran the statement agree', () => {
    expect(classOf('select 1', short, ['Metabase'])).toBe('reporting');
    expect(classOf('select 1', short, ['nightly_import'])).toBe('batch');
    expect(classOf('select 1', short, ['Metabase', 'erp'])).toBe('oltp');
    expect(classOf('update daybreak.run set x = $1', short, ['daybreak refresh 0b1f6d2e-90aa'])).toBe('maintenance');
  });

  it('a sqlcommenter tag, over the application', () => {
    const tagged = readStatementText("select 1 /*application='month%20end%20batch',class='batch'*/");
    expect(classify(tagged, short, ['metabase'], undefined)).toEqual({ class: 'batch', source: 'tag' });
  });

  it('the person, over everything', () => {
    const tagged = readStatementText("select 1 /*class='batch'*/");
    expect(classify(tagged, short, ['metabase'], 'oltp')).toEqual({ class: 'oltp', source: 'override' });
  });

  it('never an application over BEGIN and COMMIT, which every application sends', () => {
    expect(classOf('begin', short, ['metabase'])).toBe('oltp');
  });
});

it('words inside of literals and comments are not read', () => {
  expect(readStatementText("select 'group by' /* sum(x) */ from t -- for update").aggregates).toBe(false);
  expect(readStatementText("select 'group by' /* sum(x) */ from t -- for update").kind).toBe('read');
});
