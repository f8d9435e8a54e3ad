import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordFields } from '../../../shared/format/record.ts';

/** As PostgreSQL's record_out quotes. */
const printed = (fields: readonly (string | null)[]): string =>
  `(${fields
    .map((field) => {
      if (field === null) return '';
      const quoted = field === '' || /["\\(),\s]/.test(field);
      const doubled = field.replaceAll(/["\\]/g, (char) => char + char);
      return quoted ? `"${doubled}"` : doubled;
    })
    .join(',')})`;

describe('a row as the server prints it', () => {
  it('tells NULL from an empty text, and takes quotes off', () => {
    expect(recordFields('(1,"a ""b""",,"","x,y")')).toEqual(['1', 'a "b"', null, '', 'x,y']);
    expect(recordFields('()')).toEqual([null]);
    expect(recordFields('(2026-01-01,"North, ""West""",12.50)')).toEqual(['2026-01-01', 'North, "West"', '12.50']);
  });

  it('gives back every field that was printed', () => {
    const field = fc.option(fc.string({ unit: fc.constantFrom('a', '"', '\\', ',', '(', ')', ' ', 'é') }));
    fc.assert(
      fc.property(fc.array(field, { minLength: 1, maxLength: 5 }), (fields) => {
        expect(recordFields(printed(fields))).toEqual(fields);
      }),
    );
  });

  it('is nothing for what is no row', () => {
    expect(recordFields('1,2')).toBeNull();
    expect(recordFields('("open)')).toBeNull();
  });
});
