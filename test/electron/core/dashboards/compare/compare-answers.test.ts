import { expect, test } from 'vitest';
import {
  compareAnswers,
  mostShownRows,
  type Answer,
} from '../../../../../electron/core/dashboards/compare/compare-answers.ts';
import type { Widget } from '../../../../../shared/model/dashboard.ts';

const widget: Widget = {
  widgetId: 'aging',
  title: 'AR aging',
  question: '?',
  kind: 'aging',
  source: { kind: 'read_model', readModel: 'aging', sql: '' },
  budget: { minutes: 30 },
  x: 'bucket',
  series: null,
  values: ['open_amount'],
  formats: { bucket: 'text', invoices: 'integer', open_amount: 'money', share: 'percent' },
  currency: 'EUR',
  layout: { x: 0, y: 0, w: 4, h: 4 },
};
const columns = [
  { name: 'bucket', type: 'text' },
  { name: 'invoices', type: 'bigint' },
  { name: 'open_amount', type: 'numeric' },
];
const answer = (...rows: (string | null)[][]): Answer => ({ columns, rows });

test('numbers are equal by value, and differences are exact', () => {
  const compared = compareAnswers(
    widget,
    answer(['Not due', '2', '0.10'], ['Old', '1', '61731172.5040']),
    answer(['Old', '1', '61731172.504'], ['Not due', '3', '0.30']),
  );
  expect(compared.equalRows).toBe(1);
  expect(compared.differing).toEqual([
    { key: ['Not due'], model: ['2', '0.10'], live: ['3', '0.30'], difference: ['1', '0.20'] },
  ]);
  expect(compared.totals).toEqual([
    { column: 'invoices', model: '3', live: '4', difference: '1' },
    { column: 'open_amount', model: '61731172.6040', live: '61731172.804', difference: '0.2000' },
  ]);
});

test('a row of one side alone is one, and the largest differences come first', () => {
  const compared = compareAnswers(
    widget,
    answer(['a', '1', '1'], ['b', '5', '1'], ['gone', '1', '1']),
    answer(['a', '2', '1'], ['b', '1', '1'], ['new', '1', '1']),
  );
  expect(compared.differing.map(({ key }) => key[0])).toEqual(['gone', 'new', 'b', 'a']);
  expect(compared.differing[0]).toMatchObject({ live: null, difference: [null, null] });
});

test('a null is no zero, and equal keys are told apart by their order', () => {
  const compared = compareAnswers(
    widget,
    answer(['a', null, '1'], [null, '1', '1'], [null, '2', '1']),
    answer(['a', '0', '1'], [null, '1', '1'], [null, '3', '1']),
  );
  expect(compared.equalRows).toBe(1);
  expect(compared.differingRows).toBe(2);
});

test('what one answer alone has is named and not compared, and shares do not add up', () => {
  const more = [...columns, { name: 'share', type: 'numeric' }];
  const compared = compareAnswers(
    widget,
    { columns: more, rows: [['a', '1', '1', '0.5']] },
    { columns: [...columns.slice(0, 2), { name: 'share', type: 'numeric' }], rows: [['a', '1', '0.25']] },
  );
  expect(compared.missingColumns).toEqual(['open_amount']);
  expect(compared.valueColumns.map(({ name }) => name)).toEqual(['invoices', 'share']);
  expect(compared.totals.map(({ column }) => column)).toEqual(['invoices']);
  expect(compared.differing[0]?.difference).toEqual(['0', '-0.25']);
});

test('of many differing rows the first are handed on, and all are counted', () => {
  const rows = Array.from({ length: mostShownRows + 50 }, (_, at) => [String(at), '1', '1']);
  const compared = compareAnswers(widget, answer(), answer(...rows));
  expect(compared.differingRows).toBe(rows.length);
  expect(compared.differing).toHaveLength(mostShownRows);
});
