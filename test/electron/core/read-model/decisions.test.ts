import { describe, expect, test } from 'vitest';
import { parseSelect } from '../../../../electron/core/read-model/propose/parse-select.ts';
import { selectOutputs } from '../../../../electron/core/read-model/propose/select-outputs.ts';
import { freeName, nameFrom } from '../../../../electron/core/read-model/propose/suggest.ts';
import { dollarQuote } from '../../../../electron/core/read-model/sql/dollar-quote.ts';
import { requireBuildable } from '../../../../electron/core/read-model/plannable.ts';
import { readModelNameSchema } from '../../../../shared/model/read-model.ts';

describe('the key of a statement', () => {
  test.each([
    ['select a, sum(b) as c from t group by a', ['a', 'c'], ['a'], false],
    ['select 1 as x, lower(a) as b, c from t group by 2, c', ['x', 'b', 'c'], ['b', 'c'], false],
    ['select lower(t.a) as low, count(*) as n from t group by lower(t.a)', ['low', 'n'], ['low'], false],
    ['select t.region, count(*) as n from t group by region', ['region', 'n'], ['region'], false],
    ['select a, count(*) as n from t group by a, b', ['a', 'n'], ['a'], true],
    ['select distinct a, b from t', ['a', 'b'], ['a', 'b'], false],
    ['select distinct on (a) a, b from t order by a', ['a', 'b'], ['a'], false],
    ['select a from t union select b from t', ['a'], ['a'], false],
    ['select a from t union all select b from t', ['a'], null, false],
    ['select a, count(*) as n from t group by rollup (a)', ['a', 'n'], null, true],
    ['select * from t', ['a', 'b'], null, false],
  ])('%s', async (sql, columns, key, keyIncomplete) => {
    expect(selectOutputs(await parseSelect(sql), columns)).toMatchObject({ key, keyIncomplete });
  });
});

test('names come out of any title, and are free', () => {
  const titles = ['Umsatz je Größe (2026)', '7 Tage', '売上', 'x'.repeat(80), ' -- '];
  expect(titles.map(nameFrom)).toEqual([
    'umsatz_je_grosse_2026',
    'm_7_tage',
    'read_model',
    'x'.repeat(50),
    'read_model',
  ]);
  expect(titles.every((title) => readModelNameSchema.safeParse(nameFrom(title)).success)).toBe(true);
  expect(freeName('a', new Set(['a', 'a_2']))).toBe('a_3');
});

test('a body that holds the quote itself gets another one', () => {
  expect(dollarQuote('verify', 'a $verify$ b $verify1$ c')).toBe('$verify2$a $verify$ b $verify1$ c$verify2$');
});

test('nothing is built on a replica, nor behind a pooler that forgets sessions', () => {
  const capability = (name: 'primary' | 'session_state', present: boolean) => ({
    name,
    present,
    text: name,
    action: null,
  });
  for (const missing of ['primary', 'session_state'] as const) {
    const facts = {
      databaseName: 'erp',
      roleName: 'daybreak',
      capabilities: [
        capability('primary', missing !== 'primary'),
        capability('session_state', missing !== 'session_state'),
      ],
    };
    expect(() => requireBuildable({ facts } as unknown as Parameters<typeof requireBuildable>[0])).toThrow(missing);
  }
});
