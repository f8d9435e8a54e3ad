import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  cut,
  pad,
  printable,
  printableJson,
  terminal,
  widthOf,
  wrap,
} from '../../../../electron/hosts/cli/terminal.ts';

/** Any code points, halves of a pair included. */
const anything = fc.array(fc.integer({ min: 0, max: 0x10ffff })).map((points) => String.fromCodePoint(...points));

test('nothing that a terminal obeys is left of a text, and white space is one space', () => {
  expect(printable('a\u001b[31mred\u0007\n\tb\u009b2J \u202egpj.exe\u2066 \r\nc')).toBe('a?[31mred? b?2J ?gpj.exe? c');
  expect(printable('Zürich 東京 é')).toBe('Zürich 東京 é');
  fc.assert(
    fc.property(anything, (text) => {
      expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    }),
  );
});

test('JSON says the same, in characters that no terminal obeys', () => {
  fc.assert(
    fc.property(anything, (text) => {
      const json = printableJson({ [text]: text });
      expect(JSON.parse(json)).toEqual({ [text]: text });
      expect(json).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
  );
});

test('no line is wider than asked for, and no word is lost', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrap('東京都庁 x', 5)).toEqual(['東京', '都庁', 'x']);
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 40 }), (raw, width) => {
      const text = printable(raw);
      const lines = wrap(text, width);
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      expect(widthOf(cut(text, width))).toBeLessThanOrEqual(width);
      expect(widthOf(pad(cut(text, width), width))).toBe(width);
    }),
  );
});

test('colour needs a terminal that wants it', () => {
  const red = (out: { isTTY?: boolean }, env: NodeJS.ProcessEnv) => terminal(out, env).paint('red', 'x');
  expect(red({ isTTY: true }, {})).toBe('\u001b[31mx\u001b[39m');
  expect(red({ isTTY: true }, { NO_COLOR: '1' })).toBe('x');
  expect(red({ isTTY: true }, { TERM: 'dumb' })).toBe('x');
  expect(red({}, {})).toBe('x');
  expect(terminal({ isTTY: true, columns: 40 }, {}).columns).toBe(80);
  expect(terminal({ isTTY: true, columns: 120 }, {}).columns).toBe(120);
});
