import { describe, expect, test } from 'vitest';
import { alignConstants } from '../../../../electron/core/sql-text/align.ts';
import { readComparisons } from '../../../../electron/core/sql-text/comparisons.ts';
import { fill } from '../../../../electron/core/sql-text/fill.ts';
import { readStatements, type ParsedText } from '../../../../electron/core/sql-text/statement.ts';
import { unifyParameters } from '../../../../electron/core/sql-text/unify.ts';

async function read(text: string): Promise<ParsedText> {
  const found = await readStatements(text);
  const [statement] = found.ok ? found.statements : [];
  if (statement === undefined) throw new Error(`cannot be read: ${text}`);
  return statement;
}
const filled = async (text: string, literals: Record<number, string>, versionNumber = 180_000) =>
  fill(await read(text), {
    literals: new Map(Object.entries(literals).map(([number, literal]) => [Number(number), literal])),
    unified: new Map(),
    versionNumber,
  });

describe('constants go where a parameter stands', () => {
  test.each([
    ['select interval $1', `'1 day'`, `select interval '1 day'`],
    ['select interval $1 day to second(2)', `'1 2:03'`, `select interval '1 2:03' day to second(2)`],
    ['select interval $1 year', `'1'::text`, `select cast('1'::text as interval year)`],
    ['select date $1, 1', `'2026-01-31'`, `select date '2026-01-31', 1`],
    ['select timestamp with time zone $1', `'now'`, `select timestamp with time zone 'now'`],
    ['select extract($1 from d) from t', `'year'`, `select extract('year' from d) from t`],
    ['select a -$1 from t', '-5', 'select a -(-5) from t'],
    ['select $1::date', `'2026-01-31'`, `select '2026-01-31'::date`],
    ['select 1 from t where a in ($1 /*, ... */) and "ä" = 1', '1, 2', 'select 1 from t where a in (1, 2) and "ä" = 1'],
    [`select 'ä $1', "$1", $1 -- $1`, '7', `select 'ä $1', "$1", 7 -- $1`],
  ])('%s with %s', async (text, literal, expected) => {
    expect(await filled(text, { 1: literal })).toBe(expected);
  });

  test('what is not known stays a parameter, written so that it can be planned', async () => {
    expect(await filled('select interval $1 day, date $2, extract($3 from d) from t', {})).toBe(
      'select cast($1 as interval day), cast($2 as date), pg_catalog."extract"($3, d) from t',
    );
    expect(await filled('select extract($1 from d) from t', {}, 130_000)).toBe(
      'select pg_catalog.date_part($1, d) from t',
    );
  });
});

describe('constants are read from a text as it was sent', () => {
  const constants = async (normalized: string, sent: string) => {
    const statement = await read(normalized);
    const squashed = new Set(statement.parameters.filter((one) => one.squashed).map(({ number }) => number));
    const found = alignConstants(statement.tree, (await read(sent)).tree, squashed);
    return found === null ? null : Object.fromEntries(found);
  };

  test.each([
    [
      'select $1, $2, $3, $4, $5',
      `select 'it''s', -7, 1.50, true, null`,
      { 1: `'it''s'`, 2: '-7', 3: '1.50', 4: 'true', 5: 'null' },
    ],
    ['select $1, $2', `SELECT  E'a\\nb' /* c */, b'101'`, { 1: `'a\nb'`, 2: `b'101'` }],
    ['select 1 from t where a in ($1 /*, ... */)', 'select 1 from t where a in (3, 4, 5)', { 1: '3, 4, 5' }],
    [
      'select extract($1 from d), interval $2',
      `select extract(year from d), interval '1 day'`,
      { 1: `'year'`, 2: `'1 day'` },
    ],
    ['select a from t where b = $1 and c > $2', 'select a from t where b = $1 and c > 9', { 2: '9' }],
  ])('%s from %s', async (normalized, sent, expected) => {
    expect(await constants(normalized, sent)).toEqual(expected);
  });

  test.each([
    ['another column', 'select a from t where b = $1', 'select a from t where c = 1'],
    ['a list of another length', 'select a from t where b in ($1, $2)', 'select a from t where b in (1, 2, 3)'],
    ['an expression for a constant', 'select a from t where b = $1', 'select a from t where b = 1 + 1'],
    [
      'another constant that was kept',
      'select a from t where b = $1 order by 1',
      'select a from t where b = 1 order by 2',
    ],
  ])('not with %s', async (_, normalized, sent) => {
    expect(await constants(normalized, sent)).toBeNull();
  });
});

describe('what has to be equal is one value', () => {
  const unified = async (text: string) => {
    const { roots, literals } = unifyParameters((await read(text)).tree);
    return [Object.fromEntries(roots), Object.fromEntries(literals)];
  };

  test.each([
    ['the output and its group', 'select date_trunc($1, d) from t group by date_trunc($2, d)', { 2: 1 }, {}],
    [
      'a value that still stands in one place',
      `select date_trunc($1, d) from t group by date_trunc('month', d)`,
      {},
      { 1: `'month'` },
    ],
    [
      'HAVING and ORDER BY too',
      'select 1 from t group by a % $1 having a % $2 > $3 order by a % $4',
      { 2: 1, 4: 1 },
      {},
    ],
    [
      'groups that look alike, in their order',
      'select f($1, d), f($2, d) from t group by f($3, d), f($4, d)',
      { 3: 1, 4: 2 },
      {},
    ],
    [
      'the one that may be equal',
      `select f($1, d), f('b', d) from t group by f('a', d), f($2, d)`,
      {},
      { 1: `'a'`, 2: `'b'` },
    ],
    ['a part of an output', 'select coalesce(a % $1, $2) from t group by a % $3', { 3: 1 }, {}],
    ['sets of groups', 'select f($1, d) from t group by rollup (f($2, d), e)', { 2: 1 }, {}],
    ['DISTINCT and its order', 'select distinct f($1, d) from t order by f($2, d)', { 2: 1 }, {}],
  ])('%s', async (_, text, roots, literals) => {
    expect(await unified(text)).toEqual([roots, literals]);
  });

  test.each([
    ['inside of an aggregate', 'select sum(a % $1) from t group by a % $2'],
    ['in a condition', 'select a % $1 from t where a % $2 = $3 group by a'],
    ['in another SELECT', 'select (select f($1, d) from s) from t group by e'],
  ])('not %s', async (_, text) => {
    expect(await unified(text)).toEqual([{}, {}]);
  });
});

test('wrappers are taken off, and every text is read or said to be unreadable', async () => {
  expect((await read('declare c cursor for select a from t')).unwrappedFrom).toBe('DeclareCursorStmt');
  expect((await read('create table x as select a from t where b = $1')).text).toBe('SELECT a FROM t WHERE b = $1');
  for (const text of ['select (', 'select 1; selec', `select '${'x'.repeat(1_100_000)}'`, 'select \0']) {
    expect((await readStatements(text)).ok).toBe(false);
  }
  expect(await readStatements('')).toEqual({ ok: true, statements: [] });
});

test('columns are found with what they are compared with, at every level', async () => {
  const { tree } = await read(`with recent as (select a from s where s.at > $1)
    update erp.t as x set a = $2, b = b + $3 from recent, u
    where x.id = $4 and u.t_id = x.id and (x.c = $5 or x.d = 1) and x.e in ($6, $7) and exists
      (select 1 from v where v.t_id = x.id and v.kind = any ($8) order by v.id limit $9)`);
  const { comparisons, tables, target, assigned, orderings } = readComparisons(tree);
  expect(tables.map(({ name }) => name)).toEqual(['s', 't', 'u', 'v']);
  expect(target).toEqual({ schema: 'erp', name: 't', alias: 'x' });
  expect(assigned.map(({ column }) => column)).toEqual(['a', 'b']);
  expect(orderings).toMatchObject([{ columns: [{ column: { column: 'id' } }], limited: true }]);
  const told = comparisons.map(({ column, operator, parameter, place, required }) =>
    [column.column, operator, parameter, place, required].join(' '),
  );
  expect(told).toEqual(
    expect.arrayContaining([
      'at range 1 low true',
      'a assigned 2 value false',
      'b assigned 3 value false',
      'id = 4 value true',
      'c = 5 value false',
      'e in 6 list true',
      'e in 7 list true',
      'kind in 8 array true',
    ]),
  );
});
