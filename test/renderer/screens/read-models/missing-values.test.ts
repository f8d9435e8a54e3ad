import { expect, it } from 'vitest';
import { missingValues } from '../../../../renderer/screens/read-models/missing-values.ts';

const missing = [{ name: '$1', type: 'text', context: 'invoice.region = $1' }];

it('asks for constants only where a statement was refused for them', () => {
  const problem = { code: 'statement_refused' as const, message: 'no sample shows', retryable: false };
  expect(missingValues({ ...problem, detail: { construct: '$1', missing } })).toEqual(missing);
  expect(missingValues({ ...problem, detail: { construct: 'row locks' } })).toEqual([]);
  expect(missingValues({ ...problem, code: 'permission_denied', detail: { missing } })).toEqual([]);
  expect(missingValues(null)).toEqual([]);
});
