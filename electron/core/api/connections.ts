import type { Engine } from '../engine.ts';
import { os } from './implementer.ts';
import { reply } from './reply.ts';

export const connectionsApi = (engine: Engine) => {
  const { servers } = engine;
  return os.connections.router({
    list: os.connections.list.handler(() => reply(() => servers.list())),
    parse: os.connections.parse.handler(({ input }) => reply(() => servers.parse(input.text))),
    sources: os.connections.sources.handler(() => reply(() => servers.sources())),
    test: os.connections.test.handler(({ input }) => reply(() => servers.test(input))),
    save: os.connections.save.handler(({ input }) => reply(() => servers.save(input))),
    remove: os.connections.remove.handler(({ input }) => reply(() => servers.remove(input.serverId, input.confirm))),
    connect: os.connections.connect.handler(({ input }) =>
      reply(() => servers.connect(input.serverId, input.password ?? null)),
    ),
    disconnect: os.connections.disconnect.handler(({ input }) => reply(() => servers.disconnect(input.serverId))),
  });
};
