import type {
  CheckedProposal,
  DryRun,
  Execution,
  Plan,
  PlanDiff,
  Proposal,
  ReadModel,
  RefreshMode,
  Run,
  StepProgress,
  Verification,
} from '../../../shared/model/read-model.ts';
import type { Sibling } from '../../../shared/model/derivation.ts';
import { Failure, isFailure } from '../../../shared/model/failure.ts';
import type { KnownServers, OpenServer } from '../connections/known-servers.ts';
import type { DashboardService } from '../dashboards/dashboard-service.ts';
import type { Events } from '../events.ts';
import type { History } from '../history/history.ts';
import type { Ports } from '../ports.ts';
import type { Journal } from './journal.ts';
import { Proofs } from './proofs.ts';
import { askersOf, restoredOriginOf, savingOf, type ProposeFrom } from './propose-from.ts';
import { HeldPlans } from './held-plans.ts';
import { diffPlans } from './plan/diff-plans.ts';
import { planCreateOrNewVersion, planDrop, planDropVersion, planRollBack, type OnBreaking } from './plan-for.ts';
import { propose } from './propose/propose.ts';
import { requirePeople } from './require-people.ts';
import type { RefreshChoice } from './refresh/choose-mode.ts';
import { latestRun } from './refresh/latest-run.ts';
import { nextRefresh } from './refresh/next-refresh.ts';
import { refreshReadModel } from './refresh/refresh.ts';
import { setRefreshMode } from './refresh/set-mode.ts';
import { getReadModel, listReadModels } from './registry/read-models.ts';
import { RunningJobs } from './running-jobs.ts';
import { siblingsOf } from './siblings.ts';
import { dryRunPlan } from './swap/dry-run.ts';
import { executePlan } from './swap/execute-plan.ts';
import { recoverPlan } from './swap/recover-plan.ts';
import { isGone } from './swap/run-step.ts';

interface Options {
  readonly ports: Ports;
  readonly history: History;
  readonly events: Events;
  readonly servers: KnownServers;
  readonly dashboards: DashboardService;
}

export interface ApplyInput {
  readonly planId: string;
  readonly planHash: string;
  readonly confirm: string;
  /** Waits for `proceed` before the switch. */
  readonly holdBeforeSwitch?: boolean | undefined;
}

export interface VersionWishes {
  readonly onBreaking?: OnBreaking;
  /** The person's word that it may be built although no proof stands behind it; kept with the plan. */
  readonly unproven?: boolean | undefined;
}

export interface ShownPlan {
  readonly plan: Plan;
  readonly execution: Execution | null;
  readonly progress: StepProgress | null;
  readonly verification: Verification | null;
}

/** Read models of the connected servers: proposals, stored plans, running plans and refreshes, and the move of widgets. */
export class ReadModelService {
  readonly #options: Options;
  readonly #plans = new RunningJobs<Execution>();
  readonly #refreshes = new RunningJobs<Run>();
  readonly #dryRuns = new RunningJobs<DryRun>();
  readonly #holds = new HeldPlans();
  /** Of the running step, by plan; never stored. */
  readonly #progress = new Map<string, StepProgress>();
  readonly proofs: Proofs;

  constructor(options: Options) {
    this.#options = options;
    this.proofs = new Proofs(options);
  }

  async list(serverId: string): Promise<ReadModel[]> {
    const server = await this.#options.servers.server(serverId);
    const models = await listReadModels(server, this.#options.ports.clock);
    return Promise.all(models.map((model) => this.#withRuns(server, model)));
  }

  async get(
    serverId: string,
    name: string,
  ): Promise<{ readModel: ReadModel; runs: Run[]; nextRefresh: RefreshChoice | null }> {
    const server = await this.#options.servers.server(serverId);
    const readModel = await getReadModel(server, name, this.#options.ports.clock);
    return {
      readModel: await this.#withRuns(server, readModel),
      runs: await this.#options.history.plans.runs(serverId, name, 100),
      nextRefresh: await nextRefresh(server, name),
    };
  }

  async propose(
    serverId: string,
    from: ProposeFrom,
    edits?: { readonly [K in keyof Proposal]?: Proposal[K] | undefined },
  ): Promise<CheckedProposal> {
    const server = await this.#options.servers.server(serverId);
    const origin = await restoredOriginOf(this.#options, server, from, edits?.definitionSql !== undefined);
    const given = Object.fromEntries(Object.entries(edits ?? {}).filter(([, value]) => value !== undefined));
    // Whoever asks the slow question today will read its answer tomorrow.
    const grantTo = await askersOf(this.#options, serverId, from, server.facts.roleName);
    const saving = await savingOf(this.#options, serverId, from);
    return propose({ server, schema: server.settings.readModelSchema, origin, edits: { grantTo, ...given }, saving });
  }

  async siblings(serverId: string, statementId: string): Promise<Sibling[]> {
    const server = await this.#options.servers.server(serverId);
    return siblingsOf({ server, history: this.#options.history }, statementId);
  }

  async plan(serverId: string, proposal: CheckedProposal, wishes: VersionWishes = {}): Promise<Plan> {
    const { onBreaking, unproven = false } = wishes;
    requirePeople(proposal.proposal);
    const server = await this.#options.servers.server(serverId);
    const { readModelSchema: schema } = server.settings;
    // Where this role may create nothing, the plan is there to be copied.
    const asked = { server, proposal, schema, onBreaking, forScript: true };
    const plan = await planCreateOrNewVersion({ ...asked, ...this.#stamp() });
    return this.#store(await this.proofs.requireProven(serverId, plan, unproven));
  }

  async planRollBack(serverId: string, name: string, onBreaking?: OnBreaking): Promise<Plan> {
    const server = await this.#options.servers.server(serverId);
    return this.#store(await planRollBack({ server, name, onBreaking, ...this.#stamp() }));
  }

  async planDropVersion(serverId: string, name: string, version: number, evenIfRead = false): Promise<Plan> {
    const server = await this.#options.servers.server(serverId);
    return this.#store(await planDropVersion({ server, name, version, evenIfRead, ...this.#stamp() }));
  }

  async diffPlans(serverId: string, before: string, after: string): Promise<PlanDiff> {
    return diffPlans(await this.#plan(serverId, before), await this.#plan(serverId, after));
  }

  /** Tries a stored plan and takes all of it back: see `dryRunPlan`. */
  async dryRun(serverId: string, planId: string): Promise<DryRun> {
    const plan = await this.#plan(serverId, planId);
    this.#requireNew(plan);
    if (this.#dryRuns.has(planId)) {
      throw new Failure({ code: 'busy', message: `A dry run of this plan is going on already.`, retryable: true });
    }
    const server = await this.#options.servers.server(serverId);
    try {
      return await this.#dryRuns.run(planId, (signal) =>
        dryRunPlan({ server, plan, journal: this.#journal(), clock: this.#options.ports.clock, signal }),
      );
    } finally {
      this.#options.events.publish('activity', serverId, plan.readModel);
    }
  }

  async cancelDryRun(serverId: string, planId: string): Promise<{ cancelled: boolean }> {
    await this.#plan(serverId, planId);
    const running = this.#dryRuns.get(planId);
    running?.abort.abort();
    return { cancelled: running !== undefined };
  }

  async planDrop(serverId: string, name: string): Promise<Plan> {
    const server = await this.#options.servers.server(serverId);
    return this.#store(await planDrop({ server, name, ...this.#stamp() }));
  }

  async plans(serverId: string): Promise<Plan[]> {
    await this.#options.servers.stored(serverId);
    return this.#options.history.plans.list(serverId);
  }

  async getPlan(serverId: string, planId: string): Promise<ShownPlan> {
    const plan = await this.#plan(serverId, planId);
    return {
      plan,
      execution: await this.#options.history.plans.execution(planId),
      progress: this.#progress.get(planId) ?? null,
      verification: await this.#verificationOf(plan),
    };
  }

  /** Lets a plan go on that holds before its switch. */
  async proceed(serverId: string, planId: string): Promise<{ proceeded: boolean }> {
    await this.#plan(serverId, planId);
    return { proceeded: this.#holds.proceed(planId) };
  }

  /** Runs a stored plan to its end. What was shown is what runs: hash and name must match. */
  async apply(serverId: string, input: ApplyInput): Promise<Execution> {
    const shown = await this.#plan(serverId, input.planId);
    if (shown.planHash !== input.planHash) {
      throw new Failure({
        code: 'plan_stale',
        message: `The plan for ${shown.readModel} is not the one that was shown (its hash differs). Read the plan again, then run it.`,
      });
    }
    if (shown.confirmWith !== input.confirm) {
      throw new Failure({
        code: 'invalid_input',
        message: `Running the plan for ${shown.readModel} needs exactly ${shown.confirmWith} as confirmation.`,
      });
    }
    this.#requireNew(shown);
    const server = await this.#options.servers.server(serverId);
    // Connecting has ended what a killed engine left, this very plan perhaps.
    const plan = await this.#plan(serverId, input.planId);
    this.#requireNew(plan);
    const { ports, events } = this.#options;
    try {
      return await this.#plans.run(plan.planId, (signal) =>
        executePlan({
          server,
          plan,
          journal: this.#journal(),
          clock: ports.clock,
          logger: ports.logger,
          signal,
          onProgress: () => {
            this.#progress.delete(plan.planId);
            events.publish('execution', serverId, plan.planId);
          },
          onStepProgress: (progress) => {
            this.#progress.set(plan.planId, progress);
            events.publish('execution', serverId, plan.planId);
          },
          ...(input.holdBeforeSwitch === true
            ? { beforeSwitch: (stop: AbortSignal) => this.#holds.wait(plan.planId, stop) }
            : {}),
          onDone: () => this.#afterPlan(serverId, plan),
        }),
      );
    } finally {
      this.#progress.delete(plan.planId);
      for (const topic of ['execution', 'read_models', 'activity'] as const) {
        events.publish(topic, serverId, topic === 'execution' ? plan.planId : plan.readModel);
      }
    }
  }

  async cancel(serverId: string, planId: string): Promise<Execution> {
    const plan = await this.#plan(serverId, planId);
    const running = this.#plans.get(planId);
    if (running === undefined) {
      throw new Failure({ code: 'not_found', message: `No plan for ${plan.readModel} is running now.` });
    }
    running.abort.abort();
    return running.done.catch(async (error: unknown) => {
      const execution = await this.#options.history.plans.execution(planId);
      if (execution === null) throw error;
      return execution;
    });
  }

  /** `how` is what the person asked for; Daybreak chooses the rest. */
  async refresh(
    serverId: string,
    name: string,
    how: { readonly mode?: RefreshMode | undefined; readonly periods?: 'open' | 'all' | undefined } = {},
  ): Promise<Run> {
    const server = await this.#options.servers.server(serverId);
    const key = `${serverId} ${name}`;
    if (this.#refreshes.has(key)) {
      throw new Failure({ code: 'busy', message: `A refresh of ${name} is running already.`, retryable: true });
    }
    const { ports, events } = this.#options;
    try {
      const refreshed = this.#refreshes.run(key, (signal) =>
        refreshReadModel({
          server,
          readModel: name,
          ...how,
          journal: this.#journal(),
          clock: ports.clock,
          logger: ports.logger,
          runner: ports.actor,
          signal,
        }),
      );
      events.publish('read_models', serverId, name);
      return await refreshed;
    } finally {
      events.publish('read_models', serverId, name);
      events.publish('activity', serverId, name);
    }
  }

  /** How the read model is refreshed from now on; null: Daybreak chooses. */
  async setRefreshMode(serverId: string, name: string, mode: RefreshMode | null): Promise<ReadModel> {
    const server = await this.#options.servers.server(serverId);
    const { ports, events } = this.#options;
    await setRefreshMode({ server, readModel: name, mode, journal: this.#journal(), clock: ports.clock });
    events.publish('read_models', serverId, name);
    events.publish('activity', serverId, name);
    return this.#withRuns(server, await getReadModel(server, name, ports.clock));
  }

  async cancelRefresh(serverId: string, name: string): Promise<{ cancelled: boolean }> {
    await this.#options.servers.stored(serverId);
    const running = this.#refreshes.get(`${serverId} ${name}`);
    running?.abort.abort();
    return { cancelled: running !== undefined };
  }

  /**
   * Finishes or undoes what an engine left that was killed in the middle of a plan. One sentence for each, also for
   * those that could not be looked at: they must not keep anybody out of the server. Throws when it is out of reach.
   */
  async recover(serverId: string, server: OpenServer): Promise<string[]> {
    const { history, ports, events } = this.#options;
    const notices: string[] = [];
    for (const { plan, execution } of await history.plans.unfinished(serverId)) {
      if (this.#plans.has(plan.planId)) continue;
      try {
        const { notice } = await recoverPlan({
          server,
          plan,
          execution,
          journal: this.#journal(),
          clock: ports.clock,
          logger: ports.logger,
          onDone: () => this.#afterPlan(serverId, plan),
        });
        notices.push(notice);
      } catch (error) {
        if (!isFailure(error) || isGone(error)) throw error;
        ports.logger.warn({ plan: plan.planId, readModel: plan.readModel, reason: error.message }, 'recovery failed');
        notices.push(
          `The interrupted plan for ${plan.readModel} could not be looked at: ${error.message} It is tried again at the next connection.`,
        );
      }
      events.publish('read_models', serverId, plan.readModel);
    }
    return notices;
  }

  /** Cancels what runs and waits until it has been undone, and its end stands in the store. */
  async stop(): Promise<void> {
    await Promise.all([this.#refreshes.stop(), this.#plans.stop(), this.#dryRuns.stop(), this.proofs.stop()]);
  }

  /** Throws `plan_stale`. A plan runs once. */
  #requireNew({ planId, readModel, state }: Plan): void {
    const running = this.#plans.has(planId);
    if (state === 'new' && !running) return;
    throw new Failure({
      code: 'plan_stale',
      message: running
        ? `The plan for ${readModel} is running now. Wait for its end.`
        : `The plan for ${readModel} has run already (${state}). Make a new one.`,
    });
  }

  /** A new read model takes over the widgets that asked for it; a dropped one gives them back to their live query. */
  async #afterPlan(serverId: string, plan: Plan): Promise<void> {
    const { dashboards } = this.#options;
    if (plan.kind === 'drop_version') return;
    if (plan.kind === 'drop') {
      await dashboards.leaveReadModel(serverId, plan.readModel);
      return;
    }
    // The stable names stay, and so do their widgets.
    if (plan.kind === 'suspend' || plan.kind === 'uninstall') return;
    const asked = plan.proposal ?? (await this.#proposalOf(plan));
    for (const { consumer } of asked?.proposal.consumers ?? []) {
      if (!consumer.startsWith('widget:') || asked === null) continue;
      await dashboards.moveToReadModel(serverId, consumer.slice('widget:'.length), {
        kind: 'read_model',
        readModel: plan.readModel,
        sql: asked.readerSql,
      });
    }
  }

  /** What the version that a roll back goes to was built from: its widgets ask again as they did then. */
  async #proposalOf({ serverId, readModel, toVersion }: Plan): Promise<CheckedProposal | null> {
    const built = (await this.#options.history.plans.list(serverId)).find(
      (plan) =>
        plan.readModel === readModel && plan.toVersion === toVersion && plan.state === 'done' && plan.proposal !== null,
    );
    return built?.proposal ?? null;
  }

  /** Of the version that the plan built, or goes back to; null while there is none, or nobody can be asked. */
  async #verificationOf({ serverId, readModel, toVersion, kind, state }: Plan): Promise<Verification | null> {
    if (kind !== 'new_version' || state === 'new' || state === 'undone') return null;
    try {
      const server = await this.#options.servers.server(serverId);
      const { versions } = await getReadModel(server, readModel, this.#options.ports.clock);
      return versions.find(({ version }) => version === toVersion)?.verification ?? null;
    } catch (error) {
      if (!isFailure(error)) throw error;
      return null;
    }
  }

  async #plan(serverId: string, planId: string): Promise<Plan> {
    const plan = await this.#options.history.plans.get(planId);
    if (plan !== null && plan.serverId === serverId) return plan;
    throw new Failure({ code: 'not_found', message: `There is no plan ${planId} for this connection.` });
  }

  async #store(plan: Plan): Promise<Plan> {
    await this.#options.history.plans.save(plan);
    return plan;
  }

  #stamp(): { planId: string; nowMs: number } {
    return { planId: crypto.randomUUID(), nowMs: this.#options.ports.clock.nowMs() };
  }

  async #withRuns({ serverId, facts }: OpenServer, model: ReadModel): Promise<ReadModel> {
    const [local = null] = await this.#options.history.plans.runs(serverId, model.name, 1);
    const refreshing = this.#refreshes.has(`${serverId} ${model.name}`);
    return {
      ...model,
      lastRun: latestRun(model.lastRun, local, facts.clockSkewMs),
      ...(refreshing ? { freshness: { ...model.freshness, state: 'refreshing' as const } } : {}),
    };
  }

  #journal(): Journal {
    const { plans, activity } = this.#options.history;
    return {
      actor: this.#options.ports.actor,
      saveExecution: (execution) => plans.saveExecution(execution),
      setPlanState: (planId, state) => plans.setState(planId, state),
      saveRun: (serverId, run) => plans.saveRun(serverId, run),
      beginStatement: (entry) => activity.begin(entry),
      endStatement: (entryId, result) => activity.end(entryId, result),
    };
  }
}
