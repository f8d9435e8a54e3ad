import type { FailureValue } from '../../shared/model/failure.ts';

/** An expected failure of the engine, thrown inside the renderer so that async code reads straight. */
export class FailureError extends Error {
  override readonly name = 'FailureError';
  readonly value: FailureValue;
  constructor(value: FailureValue) {
    super(value.message);
    this.value = value;
  }
}

/** What a screen shows: an expected failure with its code, or `unexpected` for a bug or a broken transport. */
export type Problem = Omit<FailureValue, 'code'> & {
  readonly code: FailureValue['code'] | 'unexpected' | 'engine_gone';
};

/** The SSH server whose passphrase or password would let the call go on; null where typing one would not help. */
export function askedTunnelSecret(
  problem: Problem,
): { readonly hop: string; readonly asks: 'passphrase' | 'password' } | null {
  const { hop, asks } = problem.detail ?? {};
  if (problem.code !== 'ssh_login_failed' || typeof hop !== 'string') return null;
  return asks === 'passphrase' || asks === 'password' ? { hop, asks } : null;
}

/** Anything thrown by a call -> something to show. A transport that broke is not a bug of the call. */
export function problemOf(error: unknown): Problem {
  if (error instanceof FailureError) return error.value;
  if (isTransportError(error)) {
    return {
      code: 'engine_gone',
      message: 'Daybreak’s engine does not answer. This window reconnects by itself; what you see is the last state.',
      retryable: true,
    };
  }
  const message = (error instanceof Error ? error.message : String(error)).replace(/\.+$/, '');
  return {
    code: 'unexpected',
    message: `Daybreak did not expect this: ${message}. Try again; if it stays, the engine’s log has the details.`,
    retryable: true,
  };
}

function isTransportError(error: unknown): boolean {
  if (error instanceof TypeError) return /fetch|network|load failed/i.test(error.message);
  if (!(error instanceof Error)) return false;
  return error.name === 'AbortError' || /peer.*closed|port.*closed|got no port/i.test(error.message);
}
