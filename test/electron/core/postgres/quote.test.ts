import { describe, expect, it } from 'vitest';
import { identBytes, qualifiedName, quoteIdent, quoteLiteral } from '../../../../electron/core/postgres/quote.ts';

describe('quoting', () => {
  it.each([
    ['sales_v1_a', 'sales_v1_a'],
    ['Sales', '"Sales"'],
    ['order', '"order"'],
    ['1st', '"1st"'],
    ['a"b', '"a""b"'],
    ['größe', '"größe"'],
    ['a.b; drop table x', '"a.b; drop table x"'],
  ])('writes the identifier %s as %s', (name, quoted) => expect(quoteIdent(name)).toBe(quoted));

  it.each(['', 'a\0b'])('refuses what no identifier can hold', (name) => {
    expect(() => quoteIdent(name)).toThrow(
      expect.objectContaining({ value: expect.objectContaining({ code: 'invalid_input' }) }),
    );
  });

  it('quotes each part of a qualified name', () => {
    expect(qualifiedName('Reporting', 'sales')).toBe('"Reporting".sales');
  });

  it('writes a string so that no setting changes its meaning', () => {
    expect(quoteLiteral("it's")).toBe("'it''s'");
    expect(quoteLiteral("C:\\new'")).toBe("E'C:\\\\new'''");
  });

  it('measures names as the server does, in bytes', () => expect(identBytes('größe')).toBe(7));
});
