import { z } from 'zod';

/**
 * Why a message did not arrive.
 * - unreachable: no such host, nobody listens, the connection broke
 * - timeout: it listens and does not answer
 * - tls_failed: no encryption, or its certificate does not hold
 * - login_failed: the mail server refuses the login
 * - refused: it says no for good (an unknown mailbox, a 4xx of a webhook)
 * - server_error: it says that it is in trouble (a 5xx of a webhook, a 4xx of a mail server)
 * - redirected: the webhook sends on to another host, where a signed message must not go
 * - no_secret: the password or key is not at hand in this engine
 * - no_window: no window is open that could show it
 */
export const deliveryProblemSchema = z.enum([
  'unreachable',
  'timeout',
  'tls_failed',
  'login_failed',
  'refused',
  'server_error',
  'redirected',
  'no_secret',
  'no_window',
]);
export type DeliveryProblem = z.infer<typeof deliveryProblemSchema>;

/** What of an episode is told: that it began, that it goes on after a snooze or became more severe, that it is over. */
export const deliveryEventSchema = z.enum(['opened', 'reminder', 'recovered']);
export type DeliveryEvent = z.infer<typeof deliveryEventSchema>;

/**
 * - waiting: goes out with the next round
 * - held: until the channel's quiet hours, or a snooze, are over
 * - sending: somebody is at it
 * - sent
 * - retrying: failed, and is tried again at `nextAttemptAtMs`
 * - failed: given up; can be sent again by hand
 */
export const deliveryStateSchema = z.enum(['waiting', 'held', 'sending', 'sent', 'retrying', 'failed']);
export type DeliveryState = z.infer<typeof deliveryStateSchema>;

/** One message to one destination: a mailbox, a webhook, a machine. */
export const deliverySchema = z.object({
  deliveryId: z.string(),
  episodeId: z.string(),
  event: deliveryEventSchema,
  channelKind: z.enum(['desktop', 'email', 'webhook']),
  /** For people: the mailbox, the webhook's host, the machine. */
  destination: z.string(),
  state: deliveryStateSchema,
  attempts: z.number().int(),
  problem: deliveryProblemSchema.nullable(),
  /** What the last attempt failed with, with what to do. */
  error: z.string().nullable(),
  plannedAtMs: z.number(),
  /** When it is tried next, or is let go; null where it is over. */
  nextAttemptAtMs: z.number().nullable(),
  sentAtMs: z.number().nullable(),
  /** Which engine sent it, or tried last. */
  sender: z.string().nullable(),
});
export type Delivery = z.infer<typeof deliverySchema>;
