import type { Engine } from '../engine.ts';
import { os } from './implementer.ts';
import { reply } from './reply.ts';

export const explainApi = ({ explain }: Engine) =>
  os.explain.router({
    run: os.explain.run.handler(({ input }) => reply(() => explain.run(input))),
    cancel: os.explain.cancel.handler(({ input }) => reply(() => explain.cancel(input))),
    list: os.explain.list.handler(({ input }) => reply(() => explain.list(input.serverId, input.statementId))),
    compare: os.explain.compare.handler(({ input }) =>
      reply(() => explain.compare(input.serverId, input.beforeExplainId, input.afterExplainId)),
    ),
  });
