import type { Engine } from '../engine.ts';
import { os } from './implementer.ts';
import { reply } from './reply.ts';

export const connectionsApi = (engine: Engine) => {
  const { servers, executive } = engine;
  return os.connections.router({
    list: os.connections.list.handler(() => reply(() => servers.list())),
    parse: os.connections.parse.handler(({ input }) => reply(() => servers.parse(input.text))),
    sources: os.connections.sources.handler(() => reply(() => servers.sources())),
    test: os.connections.test.handler(({ input }) => reply(() => servers.test(input))),
    save: os.connections.save.handler(({ input }) => reply(() => servers.save(input))),
    remove: os.connections.remove.handler(({ input }) => reply(() => servers.remove(input.serverId, input.confirm))),
    connect: os.connections.connect.handler(({ input }) =>
      reply(() => servers.connect(input.serverId, input.password ?? null, input.tunnelSecrets)),
    ),
    trustHostKey: os.connections.trustHostKey.handler(({ input }) => reply(() => servers.trustHostKey(input))),
    forgetHostKey: os.connections.forgetHostKey.handler(({ input }) => reply(() => servers.forgetHostKey(input))),
    setExecutive: os.connections.setExecutive.handler(({ input }) =>
      reply(() => servers.setExecutive(input.serverId, input.executive)),
    ),
    executiveScript: os.connections.executiveScript.handler(({ input }) =>
      reply(() => executive.script(input.serverId, input.role)),
    ),
    reach: os.connections.reach.handler(({ input }) => reply(() => executive.reach(input.serverId))),
    disconnect: os.connections.disconnect.handler(({ input }) => reply(() => servers.disconnect(input.serverId))),
  });
};
