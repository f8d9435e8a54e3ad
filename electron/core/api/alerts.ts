import type { Engine } from '../engine.ts';
import { os } from './implementer.ts';
import { reply } from './reply.ts';

export const alertsApi = ({ alerts }: Engine) =>
  os.alerts.router({
    list: os.alerts.list.handler(({ input }) => reply(() => alerts.desk.list(input.serverId, input.days))),
    watchNow: os.alerts.watchNow.handler(({ input }) => reply(() => alerts.watchNow(input.serverId))),
    watching: os.alerts.watching.handler(({ input }) => reply(async () => alerts.watching(input.serverId))),
    acknowledge: os.alerts.acknowledge.handler(({ input }) =>
      reply(() => alerts.desk.acknowledge(input.serverId, input.episodeId, input.acknowledged)),
    ),
    snooze: os.alerts.snooze.handler(({ input }) =>
      reply(() => alerts.desk.snooze(input.serverId, input.episodeId, input.untilMs)),
    ),
    sendAgain: os.alerts.sendAgain.handler(({ input }) =>
      reply(() => alerts.desk.sendAgain(input.serverId, input.episodeId, input.deliveryId)),
    ),
    channels: os.alerts.channels.handler(() => reply(() => alerts.channels.states())),
    saveChannel: os.alerts.saveChannel.handler(({ input }) =>
      reply(() => alerts.saveChannel(input.channel, input.secret)),
    ),
    removeChannel: os.alerts.removeChannel.handler(({ input }) =>
      reply(() => alerts.removeChannel(input.channelId, input.confirm)),
    ),
    test: os.alerts.test.handler(({ input }) =>
      reply(() =>
        'channel' in input ? alerts.testDraft(input.channel, input.secret) : alerts.testChannel(input.channelId),
      ),
    ),
    notices: os.alerts.notices.handler(({ signal }) => alerts.notices.subscribe(signal)),
  });
