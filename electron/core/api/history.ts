import type { Engine } from '../engine.ts';
import { os } from './implementer.ts';
import { reply } from './reply.ts';

export const historyApi = ({ history, servers, captures }: Engine) =>
  os.history.router({
    usage: os.history.usage.handler(({ input }) =>
      reply(async () => {
        await servers.stored(input.serverId);
        return history.usage(input.serverId);
      }),
    ),
    exportCapture: os.history.exportCapture.handler(({ input }) =>
      reply(() => captures.export(input.serverId, { fromMs: input.fromMs, toMs: input.toMs }, input.file)),
    ),
    openCapture: os.history.openCapture.handler(({ input }) => reply(() => captures.open(input.file))),
    receiveCapture: os.history.receiveCapture.handler(({ input: { base64, ...part } }) =>
      reply(() => captures.receive({ ...part, bytes: Buffer.from(base64, 'base64') })),
    ),
    captures: os.history.captures.handler(() => reply(() => captures.list())),
  });
