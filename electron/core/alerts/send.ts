import type { DeliveryProblem } from '../../../shared/model/alert-delivery.ts';
import type { AlertMessage } from './message.ts';

/** How an attempt to send ended. Nothing that a mail server or a webhook does is thrown. */
export type SendOutcome =
  | { readonly ok: true; readonly detail: string }
  | {
      readonly ok: false;
      readonly problem: DeliveryProblem;
      /** What happened, at which address, what to do. Never a secret. */
      readonly error: string;
      /** What the other side asked to wait, ms. */
      readonly retryAfterMs?: number | undefined;
    };

/** Sends to one destination. Ends within `sendTimeoutMs`, or when the signal aborts. */
export type Send = (message: AlertMessage, signal: AbortSignal) => Promise<SendOutcome>;

/** Longest attempt: whoever hangs is tried again later, and holds up nobody. */
export const sendTimeoutMs = 20_000;
