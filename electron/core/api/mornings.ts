import type { Engine } from '../engine.ts';
import { classOverrides, setClass } from '../mornings/classes.ts';
import { compareWindows } from '../mornings/compare.ts';
import { blockingOf, transactionsOf } from '../mornings/transactions.ts';
import { os } from './implementer.ts';
import { reply } from './reply.ts';

export const morningsApi = (engine: Engine) => {
  const { mornings, openFindings } = engine;
  return os.mornings.router({
    timeline: os.mornings.timeline.handler(({ input }) =>
      reply(() => mornings.timeline(input.serverId, input.fromMs, input.toMs, input)),
    ),
    diagnose: os.mornings.diagnose.handler(({ input }) =>
      reply(() => mornings.diagnose(input.serverId, input.fromMs, input.toMs, input)),
    ),
    finding: os.mornings.finding.handler(({ input }) =>
      reply(() => mornings.finding(input.serverId, input.fromMs, input.toMs, input.statementId)),
    ),
    statements: os.mornings.statements.handler(({ input }) =>
      reply(() => mornings.statements(input.serverId, input.fromMs, input.toMs)),
    ),
    setClass: os.mornings.setClass.handler(({ input }) =>
      reply(() => setClass(engine, input.serverId, input.statementId, input.class)),
    ),
    classOverrides: os.mornings.classOverrides.handler(({ input }) =>
      reply(() => classOverrides(engine, input.serverId)),
    ),
    compare: os.mornings.compare.handler(({ input }) =>
      reply(() => compareWindows(engine, input.serverId, input.before, input.after, input.readerTimeZone)),
    ),
    transactions: os.mornings.transactions.handler(({ input }) =>
      reply(() => transactionsOf(engine, input.serverId, input)),
    ),
    blocking: os.mornings.blocking.handler(({ input }) => reply(() => blockingOf(engine, input.serverId, input))),
    openFindings: os.mornings.openFindings.handler(({ input }) =>
      reply(() => openFindings.list(input.serverId, input.all ?? false)),
    ),
    dismissFinding: os.mornings.dismissFinding.handler(({ input }) =>
      reply(() => openFindings.dismiss(input.serverId, input.fingerprint, input.dismissed)),
    ),
  });
};
