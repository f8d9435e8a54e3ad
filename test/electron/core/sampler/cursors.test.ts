import { describe, expect, it } from 'vitest';
import type { ActivityRow } from '../../../../shared/model/sampling.ts';
import {
  Cursors,
  declaredCursor,
  fetchedCursor,
  type KnownStatement,
} from '../../../../electron/core/sampler/cursors.ts';

describe('the name of a cursor', () => {
  it.each([
    ['declare c cursor for select 1', 'c'],
    ['DECLARE Weekly NO SCROLL CURSOR WITH HOLD FOR SELECT * FROM sales', 'weekly'],
    ['/* app */ declare "Big ""one""" binary insensitive cursor for select 1', 'Big "one"'],
    ['-- why\n declare c cursor\nfor with x as (select 1) select * from x', 'c'],
    ['select declare from cursor for c', null],
    ['declare', null],
  ])('is declared by %j: %j', (text, name) => expect(declaredCursor(text)).toBe(name));

  it.each([
    ['FETCH 1000 FROM c', 'c'],
    ['fetch c', 'c'],
    ['fetch next c;', 'c'],
    ['FETCH FORWARD ALL IN "Big ""one"""', 'Big "one"'],
    ['move backward 5 from c', 'c'],
    ['/* page 2 */ FETCH 100 FROM "SQL_CUR7f1" ', 'SQL_CUR7f1'],
    ['FETCH $1 FROM c', 'c'],
    ['select * from t fetch first 5 rows only', null],
    ['fetch', null],
    ['', null],
  ])('is fetched by %j: %j', (text, name) => expect(fetchedCursor(text)).toBe(name));
});

describe('a row that fetches', () => {
  const row = (query: string, more: Partial<ActivityRow> = {}) =>
    ({ pid: 1, xactStartMs: 5, databaseOid: '5', roleOid: '10', queryid: '-7', query, ...more }) as ActivityRow;
  const known = (text: string, queryid: string, fingerprint = text): KnownStatement => ({
    key: { databaseOid: '5', roleOid: '10', queryid, toplevel: true },
    text,
    fingerprint,
  });
  const named = async (cursors: Cursors, one: ActivityRow) => {
    const { rows } = await cursors.named({ atMs: 1, rows: [one] });
    return rows[0];
  };

  it('belongs to the DECLARE of its own transaction, and of no other', async () => {
    const cursors = new Cursors(async () => []);
    await named(cursors, row('declare c cursor for select 1', { queryid: '42' }));
    expect(await named(cursors, row('fetch 10 from C'))).toMatchObject({
      query: 'declare c cursor for select 1',
      queryid: '42',
    });
    expect((await named(cursors, row('fetch 10 from c', { xactStartMs: 6 })))?.query).toBe('fetch 10 from c');
    expect((await named(cursors, row('fetch 10 from c', { pid: 2 })))?.query).toBe('fetch 10 from c');
  });

  it('stays what it is where several statements declare that name', async () => {
    const one = known('declare c cursor for select a from x', '1');
    const other = known('declare c cursor for select b from y', '2');
    expect((await named(new Cursors(async () => [one]), row('fetch c')))?.queryid).toBe('1');
    expect((await named(new Cursors(async () => [one, other, one]), row('fetch c')))?.queryid).toBe('-7');
    expect((await named(new Cursors(async () => [one]), row('fetch c', { roleOid: '11' })))?.queryid).toBe('-7');
  });

  it('takes texts that differ in constants alone as one statement', async () => {
    const texts = ['1', '2'].map((year) =>
      known(`declare c cursor for select a from x where y = ${year}`, year, 'same'),
    );
    expect((await named(new Cursors(async () => texts), row('fetch c')))?.queryid).toBe('2');
  });
});
