import { episodeTitle } from '../../../shared/model/alert-episode.ts';
import type { ListedEpisode } from '../../../shared/model/alerts.ts';
import { Failure } from '../../../shared/model/failure.ts';
import type { EngineClient } from '../profile/engine-client.ts';
import { alertsText } from './alerts-text.ts';
import { value } from './known-server.ts';
import {
  onEngine,
  print,
  reachServer,
  type ProfileOptions,
  type ServerOptions,
  type ShowOptions,
} from './on-server.ts';
import { printable } from './terminal.ts';

/**
 * `daybreak alerts list`: looks at the server first; one that is out of reach does not hide what is known. Exit code 1
 * where something is open, or nobody could look; without a registry there is nothing to look at.
 */
export function listAlerts(options: ServerOptions & ShowOptions): Promise<number> {
  return onEngine(options, async (client) => {
    const { serverId, failure } = await reachServer(client, options);
    const { signal } = options.stop;
    const looked = failure === null ? await client.alerts.watchNow({ serverId }, { signal }) : null;
    const list = looked?.ok === true ? looked.value : value(await client.alerts.list({ serverId }, { signal }));
    const isKnown = looked?.ok ?? false;
    const unwatched = isKnown ? await noRegistry(client, serverId) : null;
    print(options, list, () => (list.open.length === 0 ? unwatched : null) ?? alertsText(list, isKnown, Date.now()));
    return isKnown && unwatched === null && list.open.length === 0 ? 0 : 1;
  });
}

/** Why no read model is watched: the registry is gone, or never was; null: it is there. */
async function noRegistry(client: EngineClient, serverId: string): Promise<string | null> {
  const overview = await client.schedule.overview({ serverId });
  return overview.ok && overview.value.registry.state === 'none' ? overview.value.registry.message : null;
}

/** `daybreak alerts ack`: somebody takes care. */
export function acknowledgeAlert(episode: string, options: ServerOptions & ShowOptions): Promise<number> {
  return onEngine(options, async (client) => {
    // What stands in this profile can be taken without the server; the list says what it could not read.
    const { serverId } = await reachServer(client, options);
    const { open, notes } = value(await client.alerts.list({ serverId }));
    const found = open.filter(({ episodeId, subject }) => episodeId === episode || subject === episode);
    if (found.length === 0) {
      const unread = notes.length === 0 ? '' : ` ${notes.join(' ')}`;
      throw new Failure({
        code: 'not_found',
        message: `No open alert is about ${JSON.stringify(episode)}. \`daybreak alerts list\` shows those that are open.${unread}`,
      });
    }
    const taken: ListedEpisode[] = [];
    for (const { episodeId } of found) {
      taken.push(value(await client.alerts.acknowledge({ serverId, episodeId, acknowledged: true })));
    }
    print(options, taken, () =>
      taken.map((one) => printable(`${episodeTitle(one)}: taken by ${one.acknowledged?.by ?? 'nobody'}`)).join('\n'),
    );
    return 0;
  });
}

/** `daybreak alerts test`: a message over one channel, or over all that are switched on. Exit code 1 where one failed. */
export function testAlerts(channel: string | undefined, options: ProfileOptions & ShowOptions): Promise<number> {
  return onEngine(options, async (client) => {
    const channels = value(await client.alerts.channels({}));
    const named = channels.filter(({ channelId, label }) => channelId === channel || label === channel);
    const tested = channel === undefined ? channels.filter(({ enabled }) => enabled) : named;
    if (tested.length === 0) {
      const names = channels.map(({ label }) => JSON.stringify(label)).join(', ');
      const missing =
        channel === undefined ? 'No channel is switched on' : `There is no channel ${JSON.stringify(channel)}`;
      throw new Failure({ code: 'not_found', message: `${missing}. There are ${names}.` });
    }
    const results: { readonly channel: string; readonly arrived: boolean; readonly said: string }[] = [];
    for (const { channelId, label } of tested) {
      const reply = await client.alerts.test({ channelId }, { signal: options.stop.signal });
      const said = reply.ok ? reply.value.details.join('; ') : reply.error.message;
      results.push({ channel: label, arrived: reply.ok, said });
    }
    print(options, results, () => results.map(({ channel: name, said }) => printable(`${name}: ${said}`)).join('\n'));
    return results.every(({ arrived }) => arrived) ? 0 : 1;
  });
}
