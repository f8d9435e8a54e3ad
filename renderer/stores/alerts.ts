import type { ChannelDraft, ChannelState } from '../../shared/model/alert-channel.ts';
import type { AlertList } from '../../shared/model/alerts.ts';
import { createAsked } from './asked.ts';
import { client, unwrap } from './client.ts';
import { onEngineEvent } from './engine-events.ts';

interface WhichServer {
  readonly serverId: string;
}

/** What is wrong on a server now, what was lately, and who was told. */
export const alertList = createAsked(async ({ serverId }: WhichServer, signal): Promise<AlertList> =>
  unwrap(await client().alerts.list({ serverId }, { signal })),
);

/** Where messages of all servers go. */
export const alertChannels = createAsked(
  async (_: Readonly<Record<never, never>>, signal): Promise<readonly ChannelState[]> =>
    unwrap(await client().alerts.channels({}, { signal })),
);

/** Another engine writes into the registry without a word to this one. */
const everyMs = 60_000;

/** What is wrong on a server, kept true until the returned function is called. */
export function watchAlertList(serverId: string): () => void {
  void alertList.load({ serverId });
  const stop = onEngineEvent('alerts', (event) => {
    if (event === null || event.serverId === null || event.serverId === serverId) void alertList.load({ serverId });
  });
  const timer = setInterval(() => {
    if (!document.hidden) void alertList.load({ serverId });
  }, everyMs);
  return () => {
    stop();
    clearInterval(timer);
  };
}

/** Where messages go, kept true until the returned function is called. */
export function watchAlertChannels(): () => void {
  void alertChannels.load({});
  return onEngineEvent('alerts', (event) => {
    if (event === null || event.serverId === null) void alertChannels.load({});
  });
}

/** Looks at the server at once. Throws FailureError. */
export async function watchNow(serverId: string): Promise<void> {
  unwrap(await client().alerts.watchNow({ serverId }));
  await alertList.load({ serverId });
}

/** Throws FailureError. */
export async function acknowledgeAlert(serverId: string, episodeId: string, acknowledged: boolean): Promise<void> {
  unwrap(await client().alerts.acknowledge({ serverId, episodeId, acknowledged }));
  await alertList.load({ serverId });
}

/** Null: the snooze ends now. Throws FailureError. */
export async function snoozeAlert(serverId: string, episodeId: string, untilMs: number | null): Promise<void> {
  unwrap(await client().alerts.snooze({ serverId, episodeId, untilMs }));
  await alertList.load({ serverId });
}

/** Throws FailureError. */
export async function sendAlertAgain(serverId: string, episodeId: string, deliveryId: string): Promise<void> {
  unwrap(await client().alerts.sendAgain({ serverId, episodeId, deliveryId }));
  await alertList.load({ serverId });
}

/** `secret` left out: what is stored stays. Throws FailureError. */
export async function saveChannel(channel: ChannelDraft, secret?: string): Promise<void> {
  unwrap(await client().alerts.saveChannel({ channel, ...(secret === undefined ? {} : { secret }) }));
  await alertChannels.load({});
}

/** Throws FailureError. */
export async function removeChannel(channelId: string, confirm: string): Promise<void> {
  unwrap(await client().alerts.removeChannel({ channelId, confirm }));
  await alertChannels.load({});
}

/** What each address answered. Throws FailureError. */
export async function testChannel(channelId: string): Promise<readonly string[]> {
  return unwrap(await client().alerts.test({ channelId })).details;
}

/** As `testChannel`, with a channel as it stands in a form. Throws FailureError. */
export async function testDraft(channel: ChannelDraft, secret?: string): Promise<readonly string[]> {
  return unwrap(await client().alerts.test({ channel, ...(secret === undefined ? {} : { secret }) })).details;
}
