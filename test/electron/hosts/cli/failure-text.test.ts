import { expect, test } from 'vitest';
import { failureText } from '../../../../electron/hosts/cli/failure-text.ts';

test('a failure is followed by what to do, and an SSH secret by where it is read from', () => {
  const retryable = false;
  expect(failureText({ code: 'not_found', message: 'No.', retryable })).toBe('No.');
  expect(failureText({ code: 'not_available', message: 'Open.', retryable, action: 'chmod 600 a' })).toBe(
    'Open.\n  chmod 600 a',
  );
  const message = 'The key k is encrypted, and its passphrase is not known. Type it.';
  expect(failureText({ code: 'ssh_login_failed', message, retryable, detail: { asks: 'passphrase' } })).toBe(
    `${message}\n  DAYBREAK_SSH_SECRET holds it.`,
  );
});
