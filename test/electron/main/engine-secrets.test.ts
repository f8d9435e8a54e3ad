import { expect, test } from 'vitest';
import type { SecretRequest } from '../../../electron/main/engine-messages.ts';
import { remoteSecrets } from '../../../electron/main/engine-secrets.ts';

test('the engine hears what the password store answers, and a refusal is a failure with its reason', async () => {
  const asked: SecretRequest[] = [];
  const secrets = remoteSecrets((request) => void asked.push(request));
  const got = secrets.get('server:a');
  const set = secrets.set('server:b', 'hunter2');
  expect(asked).toMatchObject([
    { op: 'get', key: 'server:a' },
    { op: 'set', key: 'server:b', secret: 'hunter2' },
  ]);
  const [first, second] = asked.map(({ id }) => id);
  secrets.answer({ type: 'secret', id: second ?? 0, secret: null, error: 'The keyring is locked' });
  secrets.answer({ type: 'secret', id: first ?? 0, secret: 'other', error: null });
  expect(await got).toBe('other');
  await expect(set).rejects.toMatchObject({
    value: { code: 'storage_failed', message: expect.stringContaining('The keyring is locked'), retryable: true },
  });
});
