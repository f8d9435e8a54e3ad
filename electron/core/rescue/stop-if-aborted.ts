import { Failure } from '../../../shared/model/failure.ts';

/** Throws `cancelled`. */
export function stopIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new Failure({ code: 'cancelled', message: 'The rescue was stopped; nothing is left running.' });
}
