import type { FailureValue } from '../../../shared/model/failure.ts';
import { sshSecretVariable } from '../profile/attach-to.ts';

/** What a shell shows of a failure: what happened, and what to do in a line of its own. Nothing can be typed there. */
export function failureText({ code, message, action, detail }: FailureValue): string {
  const secret = code === 'ssh_login_failed' && detail?.['asks'] != null ? `${sshSecretVariable} holds it.` : undefined;
  const next = action ?? secret;
  return next === undefined ? message : `${message}\n  ${next}`;
}
