import { expect, test } from 'vitest';
import { askedText } from '../../../../electron/hosts/cli/schedule-text.ts';
import { scheduledModel } from '../../../shared/model/scheduled-model-for-tests.ts';

test('who asked for a refresh reads that it is asked for, also of a read model without a schedule', () => {
  const dueReason = { code: 'by_hand' as const, text: 'it is refreshed by hand only' };
  expect(askedText(scheduledModel({ schedule: { kind: 'hand' }, nextDueMs: null, dueReason }), 0)).toBe(
    'A refresh of sales is asked for: a runner begins it as soon as nothing holds it back.\n' +
      'sales: by hand; it is refreshed by hand only',
  );
});
