import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { channelDraftSchema, channelStateSchema } from '../model/alert-channel.ts';
import { alertListSchema, alertNoticeSchema, listedEpisodeSchema, watchingStateSchema } from '../model/alerts.ts';
import { procedure } from './envelope.ts';

const byId = z.object({ serverId: z.string() });
const one = byId.extend({ episodeId: z.string() });
/** Goes in, and never comes out. */
const secret = z.string().min(1).max(10_000);

/** What is wrong for as long as it lasts, who was told, and where messages go. */
export const alertsContract = {
  /** Works without the server, with what this profile knows. Without `days`: ended within the last week. */
  list: procedure(byId.extend({ days: z.number().int().min(1).max(90).optional() }), alertListSchema),
  /** Looks at the server now instead of within the next minute. */
  watchNow: procedure(byId, alertListSchema),
  /** Whether the engine comes through with looking. Asks no server. */
  watching: procedure(byId, watchingStateSchema),
  /** Somebody takes care, or does not any more. Messages that are owed still go out, and say who. */
  acknowledge: procedure(one.extend({ acknowledged: z.boolean() }), listedEpisodeSchema),
  /** Nothing is sent about it until then; if it goes on, it is told again. Null: the snooze ends now. */
  snooze: procedure(one.extend({ untilMs: z.number().nullable() }), listedEpisodeSchema),
  /** Sends again what was given up, or at once what waits for its next attempt. */
  sendAgain: procedure(one.extend({ deliveryId: z.string() }), listedEpisodeSchema),
  /** Of the profile: alerts of all its servers go there. */
  channels: procedure(z.object({}).default({}), z.array(channelStateSchema)),
  /**
   * Without `channelId` a new one. `secret`, the password of the mail server or the key that signs, is stored with the
   * passwords; left out, the stored one stays, unless the channel leads to another address; null removes it.
   */
  saveChannel: procedure(
    z.object({ channel: channelDraftSchema, secret: secret.nullable().optional() }),
    channelStateSchema,
  ),
  /** `confirm`: the channel's label. */
  removeChannel: procedure(
    z.object({ channelId: z.string(), confirm: z.string() }),
    z.object({ removed: z.boolean() }),
  ),
  /** Sends a message that says it is a test, over a stored channel or over one as it stands in a form. */
  test: procedure(
    z.union([
      z.object({ channelId: z.string() }),
      z.object({ channel: channelDraftSchema, secret: secret.optional() }),
    ]),
    /** What each address answered. */
    z.object({ details: z.array(z.string()) }),
  ),
  /** Messages for this machine, from now on; whoever listens is a window that shows them. */
  notices: oc.input(z.object({}).default({})).output(eventIterator(alertNoticeSchema)),
};
