import { expect, test } from 'vitest';
import { terminalWidth, textTable } from '../../../../electron/hosts/cli/text-table.ts';

const head = ['read model', 'age', 'state'];
const error = 'stopped: column "amount" of erp.invoice does not exist any more';
const rows = [
  ['sales', '5 min', error],
  ['stock', '1 h 2 min', ''],
];
const right = new Set([1]);

test('columns are as wide as their widest cell, numbers to the right, and a pipe gets whole lines', () => {
  expect(textTable(head, rows, { right })).toBe(
    ['read model        age  state', `sales           5 min  ${error}`, 'stock       1 h 2 min'].join('\n'),
  );
});

test('on a terminal the last cell goes on below itself', () => {
  expect(textTable(head, rows, { right, width: 60 }).split('\n')).toEqual([
    'read model        age  state',
    'sales           5 min  stopped: column "amount" of',
    '                       erp.invoice does not exist any more',
    'stock       1 h 2 min',
  ]);
});

test('a narrow terminal gets it on lines of its own, and no line is longer than that terminal', () => {
  const narrow = textTable(head, rows, { right, width: 40 }).split('\n');
  expect(narrow.slice(0, 4)).toEqual([
    'read model        age',
    '    state',
    'sales           5 min',
    '    stopped: column "amount" of',
  ]);
  for (const width of [10, 24, 40, 60, 79])
    for (const line of textTable(head, rows, { right, width }).split('\n'))
      expect(line.length).toBeLessThanOrEqual(width);
});

test('characters of two columns take two, and none moves the cursor', () => {
  expect(textTable(['名', 'x'], [['a\u001b[2J', 'b']])).toBe('名     x\na?[2J  b');
});

test('only a terminal has a width', () => {
  expect(terminalWidth({ isTTY: true, columns: 72 })).toBe(72);
  expect(terminalWidth({ columns: 72 })).toBeUndefined();
});
