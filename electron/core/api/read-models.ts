import type { Engine } from '../engine.ts';
import { os } from './implementer.ts';
import { reply } from './reply.ts';

export const readModelsApi = ({ readModels, lifecycle, definitions }: Engine) =>
  os.readModels.router({
    list: os.readModels.list.handler(({ input }) => reply(() => readModels.list(input.serverId))),
    get: os.readModels.get.handler(({ input }) => reply(() => readModels.get(input.serverId, input.name))),
    propose: os.readModels.propose.handler(({ input }) =>
      reply(() => readModels.propose(input.serverId, input.from, input.edits)),
    ),
    siblings: os.readModels.siblings.handler(({ input }) =>
      reply(() => readModels.siblings(input.serverId, input.statementId)),
    ),
    originals: os.readModels.originals.handler(({ input }) =>
      reply(() => readModels.proofs.originals(input.serverId, input.proposal)),
    ),
    prove: os.readModels.prove.handler(({ input }) => reply(() => readModels.proofs.prove(input.serverId, input))),
    proof: os.readModels.proof.handler(({ input }) =>
      reply(() => readModels.proofs.known(input.serverId, input.proposal, input.originalId)),
    ),
    proofProgress: os.readModels.proofProgress.handler(({ input }) =>
      reply(() => readModels.proofs.progress(input.serverId, input.proofRunId)),
    ),
    cancelProof: os.readModels.cancelProof.handler(({ input }) =>
      reply(() => readModels.proofs.cancel(input.serverId, input.proofRunId)),
    ),
    plan: os.readModels.plan.handler(({ input }) =>
      reply(() => readModels.plan(input.serverId, input.proposal, input)),
    ),
    planRollBack: os.readModels.planRollBack.handler(({ input }) =>
      reply(() => readModels.planRollBack(input.serverId, input.name, input.onBreaking)),
    ),
    planDropVersion: os.readModels.planDropVersion.handler(({ input }) =>
      reply(() => readModels.planDropVersion(input.serverId, input.name, input.version, input.evenIfRead)),
    ),
    diffPlans: os.readModels.diffPlans.handler(({ input }) =>
      reply(() => readModels.diffPlans(input.serverId, input.before, input.after)),
    ),
    dryRun: os.readModels.dryRun.handler(({ input }) => reply(() => readModels.dryRun(input.serverId, input.planId))),
    cancelDryRun: os.readModels.cancelDryRun.handler(({ input }) =>
      reply(() => readModels.cancelDryRun(input.serverId, input.planId)),
    ),
    proceed: os.readModels.proceed.handler(({ input }) =>
      reply(() => readModels.proceed(input.serverId, input.planId)),
    ),
    planDrop: os.readModels.planDrop.handler(({ input }) =>
      reply(() => readModels.planDrop(input.serverId, input.name)),
    ),
    planSuspend: os.readModels.planSuspend.handler(({ input }) =>
      reply(() => lifecycle.planSuspend(input.serverId, input.name)),
    ),
    planResume: os.readModels.planResume.handler(({ input }) =>
      reply(() => lifecycle.planResume(input.serverId, input.name, input)),
    ),
    detachScript: os.readModels.detachScript.handler(({ input }) =>
      reply(() => lifecycle.detachScript(input.serverId, input.names)),
    ),
    importable: os.readModels.importable.handler(({ input }) => reply(() => lifecycle.importable(input.serverId))),
    planImport: os.readModels.planImport.handler(({ input }) =>
      reply(() => lifecycle.planImport(input.serverId, input)),
    ),
    planUpdateRegistry: os.readModels.planUpdateRegistry.handler(({ input }) =>
      reply(() => lifecycle.planUpdateRegistry(input.serverId)),
    ),
    planUninstall: os.readModels.planUninstall.handler(({ input }) =>
      reply(() => lifecycle.planUninstall(input.serverId)),
    ),
    uninstallScript: os.readModels.uninstallScript.handler(({ input }) =>
      reply(() => lifecycle.uninstallScript(input.serverId)),
    ),
    refreshInOrder: os.readModels.refreshInOrder.handler(({ input }) =>
      reply(() => lifecycle.refreshInOrder(input.serverId, input.names)),
    ),
    exportDefinitions: os.readModels.exportDefinitions.handler(({ input }) =>
      reply(() => definitions.export(input.serverId)),
    ),
    diffDefinitions: os.readModels.diffDefinitions.handler(({ input }) =>
      reply(() => definitions.diff(input.serverId, input.files)),
    ),
    proveDefinition: os.readModels.proveDefinition.handler(({ input }) =>
      reply(() => definitions.prove(input.serverId, input.files, input.name, input.timeoutMs)),
    ),
    planDefinition: os.readModels.planDefinition.handler(({ input }) =>
      reply(() => definitions.plan(input.serverId, input.files, input.name, input)),
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
