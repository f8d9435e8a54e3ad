import { z } from 'zod';
import { quietTimesSchema } from './quiet-hours.ts';

/** A mailbox and nothing else: no line break that would begin another header, no list of several. */
const mailbox = z
  .string()
  .regex(/^[^\s@<>,;:"()[\]\\]+@[^\s@<>,;:"()[\]\\]+$/, 'an address such as dba@example.com')
  .max(254);

const oneLine = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^\r\n]*$/, 'one line');

/** This machine: the desktop's own notifications, and a notice in every open window. */
const desktopTarget = z.object({ kind: z.literal('desktop') });

const emailTarget = z.object({
  kind: z.literal('email'),
  host: z
    .string()
    .trim()
    .min(1)
    .regex(/^[^\s/]+$/, 'a host name'),
  port: z.number().int().min(1).max(65_535),
  /**
   * tls: encrypted from the first byte (465). starttls: encrypted before anything is said, or not at all (587). none:
   * in the clear, for a mail server on this machine or one that wants no login.
   */
  security: z.enum(['tls', 'starttls', 'none']),
  /** File with the certificates that are trusted instead of the system's; null: the system's. */
  caFile: z.string().min(1).nullable(),
  /** Null: without a login. The password is the channel's secret. */
  user: z.string().min(1).nullable(),
  from: mailbox,
  to: z.array(mailbox).min(1).max(50),
});
export type EmailTarget = z.infer<typeof emailTarget>;

const webhookTarget = z.object({
  kind: z.literal('webhook'),
  /** Gets a signed POST with JSON; http only on this machine. The key of the signature is the channel's secret. */
  url: z.url({ protocol: /^https?$/ }).max(2000),
});
export type WebhookTarget = z.infer<typeof webhookTarget>;

const loopbackHost = /^(localhost|127\.\d+\.\d+\.\d+|::1|\[::1\])$/i;

/** Whether what is said to a host stays on this machine. */
export const isLoopback = (host: string): boolean => loopbackHost.test(host);

/** Whether what goes to a parsed web address can be read on its way. */
export const isReadable = ({ protocol, hostname }: { readonly protocol: string; readonly hostname: string }): boolean =>
  protocol === 'http:' && !isLoopback(hostname);

export const channelTargetSchema = z.discriminatedUnion('kind', [desktopTarget, emailTarget, webhookTarget]);
export type ChannelTarget = z.infer<typeof channelTargetSchema>;

/** Where alerts of all servers of this profile go. */
export const channelSchema = z.object({
  channelId: z.string().min(1),
  label: oneLine,
  enabled: z.boolean(),
  target: channelTargetSchema,
  /** Null: never quiet. */
  quiet: quietTimesSchema.nullable(),
});
export type Channel = z.infer<typeof channelSchema>;

/** The one channel that every profile has: it can be switched off, and not removed. */
export const desktopChannelId = 'desktop';

export const desktopChannel: Channel = {
  channelId: desktopChannelId,
  label: 'This machine',
  enabled: true,
  target: { kind: 'desktop' },
  quiet: null,
};

/** A channel as it is shown; its secret goes in and never comes out. */
export const channelStateSchema = channelSchema.extend({
  hasSecret: z.boolean(),
  /** Until when it is quiet, ms; null: it is not quiet now. */
  quietUntilMs: z.number().nullable(),
  /** What is wrong with it as it stands, with what to do; null where nothing is known to be. */
  problem: z.string().nullable(),
});
export type ChannelState = z.infer<typeof channelStateSchema>;

/** `channelId` left out: a new one. */
export const channelDraftSchema = channelSchema.extend({ channelId: z.string().min(1).optional() });
export type ChannelDraft = z.infer<typeof channelDraftSchema>;
