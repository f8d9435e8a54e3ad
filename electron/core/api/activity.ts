import type { Engine } from '../engine.ts';
import { os } from './implementer.ts';
import { reply } from './reply.ts';

export const activityApi = (engine: Engine) =>
  os.activity.router({
    list: os.activity.list.handler(({ input }) =>
      reply(async () => {
        await engine.servers.stored(input.serverId);
        return engine.history.activity.list(input.serverId, input.limit, input.beforeEntryId);
      }),
    ),
  });
