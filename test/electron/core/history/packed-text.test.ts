import { expect, test } from 'vitest';
import { packText, rememberTexts, unpackText } from '../../../../electron/core/history/packed-text.ts';

const long = (word: string): string => `select ${Array.from({ length: 200 }, (_, at) => `${word}_${at}`).join(', ')}`;

test.each(['select 1', long('amount'), `-- é ü 漢字 🙂\n${long('größe')}`])(
  'a text comes back as it was: %.20s',
  (text) => {
    expect(unpackText(packText(text))).toBe(text);
  },
);

test('a text that took the place of another is not taken for it', () => {
  const textOf = rememberTexts();
  for (const text of [long('a'), long('a'), long('b'), 'select 1', long('a')])
    expect(textOf(7, packText(text))).toBe(text);
});

test('texts beyond what is remembered are read all the same', () => {
  const textOf = rememberTexts();
  const texts = Array.from({ length: 5 }, (_, at) => `select ${at} ${'x'.repeat(4_000_000)}`);
  for (const round of [1, 2]) {
    for (const [id, text] of texts.entries()) expect(textOf(id * round, packText(text))).toBe(text);
  }
});
