import type { Engine } from '../engine.ts';
import { os } from './implementer.ts';
import { reply } from './reply.ts';

export const morningsApi = ({ mornings }: Engine) =>
  os.mornings.router({
    timeline: os.mornings.timeline.handler(({ input }) =>
      reply(() => mornings.timeline(input.serverId, input.fromMs, input.toMs)),
    ),
    diagnose: os.mornings.diagnose.handler(({ input }) =>
      reply(() => mornings.diagnose(input.serverId, input.fromMs, input.toMs, input.reportedSaveSeconds)),
    ),
    finding: os.mornings.finding.handler(({ input }) =>
      reply(() => mornings.finding(input.serverId, input.fromMs, input.toMs, input.statementId)),
    ),
    statements: os.mornings.statements.handler(({ input }) =>
      reply(() => mornings.statements(input.serverId, input.fromMs, input.toMs)),
    ),
    setClass: os.mornings.setClass.handler(({ input }) =>
      reply(() => mornings.setClass(input.serverId, input.statementId, input.class)),
    ),
  });
