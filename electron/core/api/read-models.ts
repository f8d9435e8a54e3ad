import type { Engine } from '../engine.ts';
import { os } from './implementer.ts';
import { reply } from './reply.ts';

export const readModelsApi = ({ readModels }: Engine) =>
  os.readModels.router({
    list: os.readModels.list.handler(({ input }) => reply(() => readModels.list(input.serverId))),
    get: os.readModels.get.handler(({ input }) => reply(() => readModels.get(input.serverId, input.name))),
    propose: os.readModels.propose.handler(({ input }) =>
      reply(() => readModels.propose(input.serverId, input.from, input.edits)),
    ),
    siblings: os.readModels.siblings.handler(({ input }) =>
      reply(() => readModels.siblings(input.serverId, input.statementId)),
    ),
    prove: os.readModels.prove.handler(({ input }) => reply(() => readModels.proofs.prove(input.serverId, input))),
    proof: os.readModels.proof.handler(({ input }) =>
      reply(() => readModels.proofs.known(input.serverId, input.proposal)),
    ),
    proofProgress: os.readModels.proofProgress.handler(({ input }) =>
      reply(() => readModels.proofs.progress(input.serverId, input.proofRunId)),
    ),
    cancelProof: os.readModels.cancelProof.handler(({ input }) =>
      reply(() => readModels.proofs.cancel(input.serverId, input.proofRunId)),
    ),
    plan: os.readModels.plan.handler(({ input }) =>
      reply(() => readModels.plan(input.serverId, input.proposal, input.unproven)),
    ),
    planRollBack: os.readModels.planRollBack.handler(({ input }) =>
      reply(() => readModels.planRollBack(input.serverId, input.name)),
    ),
    planDrop: os.readModels.planDrop.handler(({ input }) =>
      reply(() => readModels.planDrop(input.serverId, input.name)),
    ),
    plans: os.readModels.plans.handler(({ input }) => reply(() => readModels.plans(input.serverId))),
    getPlan: os.readModels.getPlan.handler(({ input }) =>
      reply(() => readModels.getPlan(input.serverId, input.planId)),
    ),
    apply: os.readModels.apply.handler(({ input }) => reply(() => readModels.apply(input.serverId, input))),
    cancel: os.readModels.cancel.handler(({ input }) => reply(() => readModels.cancel(input.serverId, input.planId))),
    refresh: os.readModels.refresh.handler(({ input }) =>
      reply(() => readModels.refresh(input.serverId, input.name, { mode: input.mode, periods: input.periods })),
    ),
    setRefreshMode: os.readModels.setRefreshMode.handler(({ input }) =>
      reply(() => readModels.setRefreshMode(input.serverId, input.name, input.mode)),
    ),
    cancelRefresh: os.readModels.cancelRefresh.handler(({ input }) =>
      reply(() => readModels.cancelRefresh(input.serverId, input.name)),
    ),
  });
