import { expect, test } from 'vitest';
import { reply } from '../../../../electron/core/api/reply.ts';
import { Failure } from '../../../../shared/model/failure.ts';

test('an expected failure becomes a value', async () => {
  const answer = await reply(() => {
    throw new Failure({ code: 'busy', message: 'somebody else writes it', retryable: true });
  });
  expect(answer).toEqual({ ok: false, error: { code: 'busy', message: 'somebody else writes it', retryable: true } });
});

test('a bug goes on as a throw', async () => {
  await expect(
    reply(() => {
      throw new TypeError('undefined is not a function');
    }),
  ).rejects.toThrow(TypeError);
});
