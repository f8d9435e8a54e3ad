import { create } from 'zustand';
import type { Sibling } from '../../shared/model/derivation.ts';
import { assertNever } from '../../shared/model/failure.ts';
import type { CheckedProposal, Execution, Plan, Proposal } from '../../shared/model/read-model.ts';
import { client, unwrap } from './client.ts';
import { onEngineEvent } from './engine-events.ts';
import { type Problem, problemOf } from './failure-error.ts';
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

/** `unproven`: the person's word that it may be built although no proof stands behind it. */
export async function makePlan(serverId: string, proposal: CheckedProposal, unproven: boolean): Promise<Plan> {
  return unwrap(await client().readModels.plan({ serverId, proposal, unproven }));
}

export async function planRollBack(serverId: string, name: string): Promise<Plan> {
  return unwrap(await client().readModels.planRollBack({ serverId, name }));
}

export async function planDrop(serverId: string, name: string): Promise<Plan> {
  return unwrap(await client().readModels.planDrop({ serverId, name }));
}

/** The same intention against the catalog as it is now: for a plan that went stale or was undone. */
export async function planAgain(plan: Plan): Promise<Plan> {
  switch (plan.kind) {
    case 'roll_back':
      return planRollBack(plan.serverId, plan.readModel);
    case 'drop':
      return planDrop(plan.serverId, plan.readModel);
    case 'create':
    case 'new_version':
      if (plan.proposal === null) throw new Error(`plan ${plan.planId} carries no proposal`);
      return makePlan(plan.serverId, plan.proposal, plan.unproven === true);
    default:
      return assertNever(plan.kind);
  }
}

/** The query with which a widget reads this read model now; null when no widget does. */
export async function widgetReaderSql(serverId: string, readModel: string): Promise<string | null> {
  const dashboards = unwrap(await client().dashboards.list({ serverId }));
  for (const { source } of dashboards.flatMap((dashboard) => dashboard.widgets)) {
    if (source.kind === 'read_model' && source.readModel === readModel) return source.sql;
  }
  return null;
}

export interface ShownPlan {
  readonly plan: Plan;
  readonly execution: Execution | null;
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

/** Runs the plan that is shown, as it is shown. `confirm` is what was typed. */
export async function applyPlan(plan: Plan, confirm: string): Promise<void> {
  const { serverId, planId, planHash } = plan;
  usePlan.setState({ applying: true, problem: null });
  try {
    unwrap(await client().readModels.apply({ serverId, planId, planHash, confirm }));
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
