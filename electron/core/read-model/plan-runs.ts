import {
  isForRegistry,
  type CheckedProposal,
  type DryRun,
  type Execution,
  type Plan,
  type StepProgress,
  type Verification,
} from '../../../shared/model/read-model.ts';
import { Failure, isFailure } from '../../../shared/model/failure.ts';
import type { KnownServers, OpenServer } from '../connections/known-servers.ts';
import type { DashboardService } from '../dashboards/dashboard-service.ts';
import type { Events } from '../events.ts';
import type { History } from '../history/history.ts';
import type { Ports } from '../ports.ts';
import type { Journal } from './journal.ts';
import { HeldPlans } from './held-plans.ts';
import { getReadModel } from './registry/read-models.ts';
import { RunningJobs } from './running-jobs.ts';
import { dryRunPlan } from './swap/dry-run.ts';
import { executePlan } from './swap/execute-plan.ts';
import { recoverPlan } from './swap/recover-plan.ts';
import { isGone } from './swap/run-step.ts';
import { plainQueries, queryOfWidget, widgetOriginalId } from './widget-queries.ts';

interface Options {
  readonly ports: Ports;
  readonly history: History;
  readonly events: Events;
  readonly servers: KnownServers;
  readonly dashboards: DashboardService;
  readonly journal: Journal;
}

export interface ApplyInput {
  readonly planId: string;
  readonly planHash: string;
  readonly confirm: string;
  /** Waits for `proceed` before the switch. */
  readonly holdBeforeSwitch?: boolean | undefined;
}

export interface ShownPlan {
  readonly plan: Plan;
  readonly execution: Execution | null;
  readonly progress: StepProgress | null;
  readonly verification: Verification | null;
}

const widgetPrefix = widgetOriginalId('');

/** Stored plans that are tried and run, what is known of them meanwhile, and the widgets that they move. */
export class PlanRuns {
  readonly #options: Options;
  readonly #journal: Journal;
  readonly #plans = new RunningJobs<Execution>();
  readonly #dryRuns = new RunningJobs<DryRun>();
  readonly #holds = new HeldPlans();
  /** Of the running step, by plan; never stored. */
  readonly #progress = new Map<string, StepProgress>();

  constructor(options: Options) {
    this.#options = options;
    this.#journal = options.journal;
  }

  /** Throws `not_found`, also for a plan of another connection. */
  async plan(serverId: string, planId: string): Promise<Plan> {
    const plan = await this.#options.history.plans.get(planId);
    if (plan !== null && plan.serverId === serverId) return plan;
    throw new Failure({ code: 'not_found', message: `There is no plan ${planId} for this connection.` });
  }

  /** Tries a stored plan and takes all of it back: see `dryRunPlan`. */
  async dryRun(serverId: string, planId: string): Promise<DryRun> {
    const plan = await this.plan(serverId, planId);
    this.#requireNew(plan);
    if (this.#dryRuns.has(planId)) {
      throw new Failure({ code: 'busy', message: `A dry run of this plan is going on already.`, retryable: true });
    }
    const server = await this.#options.servers.server(serverId);
    try {
      return await this.#dryRuns.run(planId, (signal) =>
        dryRunPlan({ server, plan, journal: this.#journal, clock: this.#options.ports.clock, signal }),
      );
    } finally {
      this.#options.events.publish('activity', serverId, plan.readModel);
    }
  }

  async cancelDryRun(serverId: string, planId: string): Promise<{ cancelled: boolean }> {
    await this.plan(serverId, planId);
    const running = this.#dryRuns.get(planId);
    running?.abort.abort();
    return { cancelled: running !== undefined };
  }

  async shown(serverId: string, planId: string): Promise<ShownPlan> {
    const plan = await this.plan(serverId, planId);
    return {
      plan,
      execution: await this.#options.history.plans.execution(planId),
      progress: this.#progress.get(planId) ?? null,
      verification: await this.#verificationOf(plan),
    };
  }

  /** Lets a plan go on that holds before its switch. */
  async proceed(serverId: string, planId: string): Promise<{ proceeded: boolean }> {
    await this.plan(serverId, planId);
    return { proceeded: this.#holds.proceed(planId) };
  }

  /** Runs a stored plan to its end. What was shown is what runs: hash and name must match. */
  async apply(serverId: string, input: ApplyInput): Promise<Execution> {
    const shown = await this.plan(serverId, input.planId);
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
    const plan = await this.plan(serverId, input.planId);
    this.#requireNew(plan);
    const { ports, events } = this.#options;
    try {
      return await this.#plans.run(plan.planId, (signal) =>
        executePlan({
          server,
          plan,
          journal: this.#journal,
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
    const plan = await this.plan(serverId, planId);
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
          journal: this.#journal,
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
    await Promise.all([this.#plans.stop(), this.#dryRuns.stop()]);
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
    if (plan.kind === 'suspend' || isForRegistry(plan.kind)) return;
    const asked = plan.proposal ?? (await this.#proposalOf(plan));
    if (asked === null) return;
    const plain = plainQueries(await this.#options.history.plans.list(serverId), plan.readModel);
    for (const { consumer } of asked.proposal.consumers) {
      if (!consumer.startsWith(widgetPrefix)) continue;
      await dashboards.moveToReadModel(serverId, consumer.slice(widgetPrefix.length), (widget) => ({
        kind: 'read_model',
        readModel: plan.readModel,
        sql: queryOfWidget(widget, asked, plan.schema, plain),
      }));
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
}
