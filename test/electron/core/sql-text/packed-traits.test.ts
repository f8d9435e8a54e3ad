import { describe, expect, test } from 'vitest';
import { packTraits, unpackTraits } from '../../../../electron/core/sql-text/packed-traits.ts';
import { readStatementText } from '../../../../electron/core/sql-text/statement-kind.ts';

const texts = [
  'select sum(amount) from invoice group by customer_id',
  'insert into invoice values ($1)',
  "select 1 /*widget='sales%20by%20month',note='line\nbreak'*/",
  'refresh materialized view sales',
  'select * from invoice for update',
  'commit',
  '',
  'something else',
];

describe('what a text says of its statement', () => {
  test.each(texts)('is the same packed and unpacked: %s', (text) => {
    const { hidden, ...read } = unpackTraits(packTraits(text)) ?? { hidden: null };
    expect(read).toEqual(readStatementText(text));
    expect(hidden).toBe(false);
  });

  test('a text that the role may not see is known as such', () => {
    expect(unpackTraits(packTraits('<insufficient privilege>'))).toMatchObject({ hidden: true, kind: 'unknown' });
  });

  test('what another version packed, or nobody, is read from the text', () => {
    expect([null, '', '0 read --', '1 dance --', 'read'].map(unpackTraits)).toEqual([null, null, null, null, null]);
  });
});
