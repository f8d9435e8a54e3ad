import { expect, test } from 'vitest';
import { mayHaveIndex, type Calls } from '../../../../electron/core/diagnosis/lookup.ts';
import { refusedByClass } from '../../../../electron/core/index-advice/class-gate.ts';
import type { Statement } from '../../../../shared/model/statement.ts';

const lookup: Calls = { perHour: 500, rowsPerCall: 2, aggregates: false };

test.each<[string, Pick<Statement, 'class' | 'classSource'>, Calls, boolean]>([
  ['a form asks for few rows all the time', { class: 'mixed', classSource: 'score' }, lookup, true],
  ['it runs twice an hour', { class: 'mixed', classSource: 'score' }, { ...lookup, perHour: 2 }, false],
  ['it fetches many rows', { class: 'mixed', classSource: 'score' }, { ...lookup, rowsPerCall: 5_000 }, false],
  ['it aggregates', { class: 'mixed', classSource: 'score' }, { ...lookup, aggregates: true }, false],
  ['somebody called it mixed', { class: 'mixed', classSource: 'override' }, lookup, false],
  ['it is OLTP', { class: 'oltp', classSource: 'score' }, { ...lookup, perHour: 2 }, true],
  ['it is a report', { class: 'reporting', classSource: 'score' }, lookup, false],
  ['it is batch work', { class: 'batch', classSource: 'tag' }, lookup, false],
])('a finding names an index as the cure only where advice gives one: %s', (_, statement, calls, may) => {
  expect(mayHaveIndex(statement, calls)).toBe(may);
  expect(refusedByClass(statement, calls) === null).toBe(may);
});
