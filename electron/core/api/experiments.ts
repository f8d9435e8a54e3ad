import type { Engine } from '../engine.ts';
import { os } from './implementer.ts';
import { reply } from './reply.ts';

export const experimentsApi = ({ experiments }: Engine) =>
  os.experiments.router({
    start: os.experiments.start.handler(({ input }) => reply(() => experiments.start(input))),
    list: os.experiments.list.handler(({ input }) => reply(() => experiments.list(input.serverId))),
    exclude: os.experiments.exclude.handler(({ input }) =>
      reply(() => experiments.exclude(input.serverId, input.experimentId, input.day, input.reason)),
    ),
    end: os.experiments.end.handler(({ input }) =>
      reply(() => experiments.end(input.serverId, input.experimentId, input.state)),
    ),
  });
