import { create } from 'zustand';
import type { Sibling } from '../../shared/model/derivation.ts';
import { assertNever } from '../../shared/model/assert-never.ts';
import type {
  CheckedProposal,
  DryRun,
  Execution,
  Plan,
  PlanDiff,
  Proposal,
  StepProgress,
  Verification,
} from '../../shared/model/read-model.ts';
import { client, unwrap } from './client.ts';
import { onEngineEvent } from './engine-events.ts';
import { type Problem, problemOf } from './failure-error.ts';
import { planImport, planSuspend, planUninstall, planUpdateRegistry } from './lifecycle.ts';
import { createLoader, type Loadable, notLoaded } from './loadable.ts';

/** Where a proposal begins: a finding's statement, a dashboard widget, or a SELECT that somebody wrote. */
export type ProposalOrigin =
  | {
      readonly kind: 'statement';
      readonly statementId: string;
      readonly values?: Readonly<Record<string, string>>;
      /** Parameters that keep their values although they could filter. */
      readonly freeze?: string[];
    }
  | { readonly kind: 'widget'; readonly widgetId: string }
  | { readonly kind: 'sql'; readonly sql: string };

/** Asks the engine what it thinks of a proposal. Creates nothing. */
export async function checkProposal(
  serverId: string,
  from: ProposalOrigin,
  edits: Partial<Proposal> | undefined,
  signal: AbortSignal,
): Promise<CheckedProposal> {
  return unwrap(await client().readModels.propose({ serverId, from, edits }, { signal }));
}

/** Other culprits that read the same tables as a statement. */
export async function siblingsOf(serverId: string, statementId: string, signal: AbortSignal): Promise<Sibling[]> {
  return unwrap(await client().readModels.siblings({ serverId, statementId }, { signal }));
}

interface VersionWishes {
  readonly onBreaking?: 'replace' | undefined;
  /** The person's word that it may be built although no proof stands behind it. */
  readonly unproven?: boolean;
}

export async function makePlan(serverId: string, proposal: CheckedProposal, wishes: VersionWishes = {}): Promise<Plan> {
  return unwrap(await client().readModels.plan({ serverId, proposal, ...wishes }));
}

/** `onBreaking: 'replace'`: where readers would break, the stable view is made anew with everything that hangs on it. */
export async function planRollBack(serverId: string, name: string, onBreaking?: 'replace'): Promise<Plan> {
  return unwrap(await client().readModels.planRollBack({ serverId, name, onBreaking }));
}

export async function planDropVersion(
  serverId: string,
  name: string,
  version: number,
  evenIfRead = false,
): Promise<Plan> {
  return unwrap(await client().readModels.planDropVersion({ serverId, name, version, evenIfRead }));
}

export async function planDrop(serverId: string, name: string): Promise<Plan> {
  return unwrap(await client().readModels.planDrop({ serverId, name }));
}

/** The same intention against the catalog as it is now: for a plan that went stale or was undone. */
export async function planAgain(plan: Plan): Promise<Plan> {
  const onBreaking = plan.replacesView === true ? 'replace' : undefined;
  switch (plan.kind) {
    case 'roll_back':
      return planRollBack(plan.serverId, plan.readModel, onBreaking);
    case 'drop_version':
      if (plan.droppedVersion === undefined) throw new Error(`plan ${plan.planId} names no version`);
      return planDropVersion(plan.serverId, plan.readModel, plan.droppedVersion);
    case 'drop':
      return planDrop(plan.serverId, plan.readModel);
    case 'suspend':
      return planSuspend(plan.serverId, plan.readModel);
    case 'uninstall':
      return planUninstall(plan.serverId);
    case 'update_registry':
      return planUpdateRegistry(plan.serverId);
    case 'import':
      return importAgain(plan);
    case 'create':
    case 'new_version':
    case 'resume':
      if (plan.proposal === null) throw new Error(`plan ${plan.planId} carries no proposal`);
      return makePlan(plan.serverId, plan.proposal, { onBreaking, unproven: plan.unproven === true });
    default:
      return assertNever(plan.kind);
  }
}

function importAgain(plan: Plan): Promise<Plan> {
  const { serverId, schema, readModel: name, imports: relation, proposal } = plan;
  if (proposal === null || relation === undefined) throw new Error(`plan ${plan.planId} carries no import`);
  const { question, owner, keyColumns, consumers } = proposal.proposal;
  return planImport(serverId, { schema, relation, name, question, owner, keyColumns, consumers });
}

export interface ShownPlan {
  readonly plan: Plan;
  readonly execution: Execution | null;
  readonly progress?: StepProgress | null | undefined;
  /** Of the version that it builds, once that is filled. */
  readonly verification?: Verification | null | undefined;
}

interface PlanState {
  readonly planId: string | null;
  readonly shown: Loadable<ShownPlan>;
  /** While this window waits for the end of a run that it started. */
  readonly applying: boolean;
  readonly cancelling: boolean;
  /** Why the last run, or its cancelling, failed. */
  readonly problem: Problem | null;
}

const idle = { shown: notLoaded, applying: false, cancelling: false, problem: null } as const;

export const usePlan = create<PlanState>(() => ({ planId: null, ...idle }));

const loader = createLoader<ShownPlan>(
  () => usePlan.getState().shown,
  (shown) => usePlan.setState({ shown }),
);

/** Shows a stored plan and follows its run, until the returned function is called. */
export function watchPlan(serverId: string, planId: string): () => void {
  if (usePlan.getState().planId !== planId) {
    loader.reset();
    usePlan.setState({ planId, ...idle });
  }
  const reload = () => void refreshPlan(serverId, planId);
  reload();
  return onEngineEvent('execution', (event) => {
    if (event === null || event.subject === null || event.subject === planId) reload();
  });
}

async function refreshPlan(serverId: string, planId: string): Promise<void> {
  await loader.load(async () => unwrap(await client().readModels.getPlan({ serverId, planId })));
}

/** Runs all of a plan in one transaction that is rolled back. */
export async function dryRunPlan({ serverId, planId }: Plan): Promise<DryRun> {
  return unwrap(await client().readModels.dryRun({ serverId, planId }));
}

export async function cancelDryRun({ serverId, planId }: Plan): Promise<void> {
  unwrap(await client().readModels.cancelDryRun({ serverId, planId }));
}

/** Stored plans for the same read model, newest first, without this one. */
export async function otherPlans({
  serverId,
  planId,
  readModel,
}: Pick<Plan, 'serverId' | 'planId' | 'readModel'>): Promise<Plan[]> {
  const plans = unwrap(await client().readModels.plans({ serverId }));
  return plans.filter((one) => one.readModel === readModel && one.planId !== planId);
}

export async function diffPlans(serverId: string, before: string, after: string): Promise<PlanDiff> {
  return unwrap(await client().readModels.diffPlans({ serverId, before, after }));
}

/** Shows why something about the plan in view failed. */
export const showPlanProblem = (error: unknown): void => usePlan.setState({ problem: problemOf(error) });

/** Lets a plan that holds before its switch go on. */
export async function proceedPlan({ serverId, planId }: Plan): Promise<void> {
  unwrap(await client().readModels.proceed({ serverId, planId }));
}

/**
 * Runs the plan that is shown, as it is shown. `confirm` is what was typed. With `holdBeforeSwitch` it waits for
 * `proceedPlan` once everything is built and compared.
 */
export async function applyPlan(plan: Plan, confirm: string, holdBeforeSwitch: boolean): Promise<void> {
  const { serverId, planId, planHash } = plan;
  usePlan.setState({ applying: true, problem: null });
  try {
    unwrap(await client().readModels.apply({ serverId, planId, planHash, confirm, holdBeforeSwitch }));
  } catch (error) {
    if (usePlan.getState().planId === planId) usePlan.setState({ problem: problemOf(error) });
  } finally {
    if (usePlan.getState().planId === planId) {
      usePlan.setState({ applying: false, cancelling: false });
      await refreshPlan(serverId, planId);
    }
  }
}

/** Cancels on the server; earlier steps are undone. Resolves when that has happened. */
export async function cancelPlan(plan: Plan): Promise<void> {
  const { serverId, planId } = plan;
  usePlan.setState({ cancelling: true });
  try {
    unwrap(await client().readModels.cancel({ serverId, planId }));
  } catch (error) {
    if (usePlan.getState().planId === planId) usePlan.setState({ problem: problemOf(error) });
  } finally {
    if (usePlan.getState().planId === planId) {
      usePlan.setState({ cancelling: false });
      await refreshPlan(serverId, planId);
    }
  }
}
