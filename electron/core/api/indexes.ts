import type { Engine } from '../engine.ts';
import { os } from './implementer.ts';
import { reply } from './reply.ts';

export const indexesApi = ({ indexAdvice }: Engine) =>
  os.indexes.router({
    advise: os.indexes.advise.handler(({ input }) => reply(() => indexAdvice.advise(input))),
    onlyReports: os.indexes.onlyReports.handler(({ input }) =>
      reply(() => indexAdvice.onlyReports(input.serverId, input.fromMs, input.toMs)),
    ),
  });
