import { expect, test } from 'vitest';
import { withMoments } from '../../../shared/format/moments-in-text.ts';

test('moments in a text are written as their reader knows them, and nothing else is touched', () => {
  const text = 'sales is as of 2026-11-30T21:40:19.000Z, since 2026-11-30T21:41:00Z; version 2026-11-30 stays.';
  expect(withMoments(text, (atMs) => `[${atMs}]`)).toBe(
    'sales is as of [1796074819000], since [1796074860000]; version 2026-11-30 stays.',
  );
});
