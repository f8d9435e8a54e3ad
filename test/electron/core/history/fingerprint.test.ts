import { describe, expect, test } from 'vitest';
import { canonicalText, fingerprint } from '../../../../electron/core/history/fingerprint.ts';

/** What clients sent, and what pg_stat_statements of PostgreSQL 15 or 18 made of it (taken from real servers). */
const pairs: readonly (readonly [sent: string, normalized: string])[] = [
  [
    'select null, true, false from t where c = true and a is not null and id in (1,2,3)',
    'select $1, $2, $3 from t where c = $4 and a is not null and id in ($5 /*, ... */)',
  ],
  [
    "select * from t where id = -5 and b > - 3.5 and id -4 > 0 and a like E'x\\'y' and d > date '2024-01-01' and d > current_date - interval '7 days' group by 1,2 limit 10;",
    'select * from t where id = $1 and b > $2 and id -$3 > $4 and a like $5 and d > date $6 and d > current_date - interval $7 group by 1,2 limit $8',
  ],
  [
    '/* lead */ UPDATE t set a = null, b = b - 1 where id = 7 /* tail /* nested */ */;',
    'update t set a = $1, b = b - $2 where id = $3 /* tail */',
  ],
  ["insert into t(id,a) values (1,'a'),(2,'b'),(3,null)", 'insert into t(id,a) values ($1,$2),($3,$4),($5,$6)'],
  [
    "select $$dollar$$, $x$tagged; $$ inside$x$, U&'d\\0061t', b'101', x'1F', 1e5, 0x1F, .5, 1::numeric(10,2), '{1,2}'::int[], array[1,2,3] from \"t\" as \"T\"",
    'select $1, $2, $3, $4, $5, $6, $7, $8, $9::numeric(10,2), $10::int[], array[$11 /*, ... */] from "t" as "T"',
  ],
  [
    'select coalesce(null, 5), case when id = 1 then null else -1 end from t order by 1 nulls last',
    'select coalesce($1, $2), case when id = $3 then $4 else $5 end from t order by 1 nulls last',
  ],
  [
    'select 1+-1, - id from t where id between -1 and -2 or (id) -3 = 1',
    'select $1+$2, - id from t where id between $3 and $4 or (id) -$5 = $6',
  ],
  ["select id from t where a = 'x'\n  'y'", 'select id from t where a = $1'],
  ["set statement_timeout = '5s'", 'set statement_timeout = $1'],
];

test.each(pairs)('%s meets its normalized text', (sent, normalized) => {
  expect(canonicalText(sent)).toBe(canonicalText(normalized));
  expect(fingerprint(sent)).toMatch(/^[0-9a-f]{16}$/);
});

describe('statements that differ keep different fingerprints', () => {
  test.each([
    ['select a from t', 'select b from t'],
    ['select "A" from t', 'select a from t'],
    ['select a from t where b is null', 'select a from t where b is true'],
    ['select a - 1 from t', 'select a + 1 from t'],
    ['select f(1) from t', 'select f(1, 2) from t'],
    ['select a->b from t', 'select a->>b from t'],
  ])('%s / %s', (one, other) => {
    expect(fingerprint(one)).not.toBe(fingerprint(other));
  });
});

test('layout, case outside quotes and comments do not count', () => {
  const one = 'SELECT "Amount",\n\tTOTAL -- the total\nFROM Sales WHERE x=1 AND y<>-2;';
  expect(fingerprint(one)).toBe(fingerprint('select "Amount" , total from sales where x = 4 and y <> 3'));
});

test('a sample that was cut in a string, an identifier or a comment is read to its end', () => {
  for (const cut of ["select 'abc", 'select "abc', 'select 1 /* abc', "select e'abc\\", 'select $x$ abc']) {
    expect(fingerprint(cut)).toHaveLength(16);
  }
});

test('a hostile text of a megabyte is read in one pass', () => {
  expect(fingerprint('('.repeat(500_000) + "'".repeat(500_001))).toHaveLength(16);
});
