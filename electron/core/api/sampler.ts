import type { Engine } from '../engine.ts';
import { requireCapability } from '../postgres/capabilities.ts';
import { os } from './implementer.ts';
import { reply } from './reply.ts';

export const samplerApi = (engine: Engine) =>
  os.sampler.router({
    status: os.sampler.status.handler(({ input }) => reply(() => engine.servers.samplerStatus(input.serverId))),
    setMode: os.sampler.setMode.handler(({ input }) =>
      reply(async () => {
        const sampler = await engine.servers.sampler(input.serverId);
        sampler.setMode(input.mode, input.forMs);
        return engine.servers.samplerStatus(input.serverId);
      }),
    ),
    readNow: os.sampler.readNow.handler(({ input }) =>
      reply(async () => {
        const sampler = await engine.servers.sampler(input.serverId);
        await sampler.readNow();
        // The activity sample is stored either way; a snapshot was asked for and needs the extension.
        requireCapability((await engine.servers.server(input.serverId)).facts, 'statement_statistics');
        return engine.servers.samplerStatus(input.serverId);
      }),
    ),
  });
