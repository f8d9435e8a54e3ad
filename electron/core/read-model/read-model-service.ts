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
} from '../../../shared/model/read-model.ts';
import type { Sibling } from '../../../shared/model/derivation.ts';
import { Failure } from '../../../shared/model/failure.ts';
import type { CancelAsked } from '../../../shared/model/schedule.ts';
import type { KnownServers, OpenServer } from '../connections/known-servers.ts';
import type { DashboardService } from '../dashboards/dashboard-service.ts';
import type { Events } from '../events.ts';
import type { History } from '../history/history.ts';
import type { Ports } from '../ports.ts';
import type { Journal } from './journal.ts';
import { journalIn } from './journal-in-history.ts';
import { PlanRuns, type ApplyInput, type ShownPlan } from './plan-runs.ts';
import { Proofs } from './proofs.ts';
import { askersOf, restoredOriginOf, savingOf, type ProposeFrom } from './propose-from.ts';
import { diffPlans } from './plan/diff-plans.ts';
import { planCreateOrNewVersion, planDrop, planDropVersion, planRollBack, type OnBreaking } from './plan-for.ts';
import { propose } from './propose/propose.ts';
import { requirePeople } from './require-people.ts';
import type { RefreshChoice } from './refresh/choose-mode.ts';
import type { RefreshClaim } from './refresh/refresh-claim.ts';
import { latestRun } from './refresh/latest-run.ts';
import { nextRefresh } from './refresh/next-refresh.ts';
import { refreshReadModel } from './refresh/refresh.ts';
import { setRefreshMode } from './refresh/set-mode.ts';
import { getReadModel, listReadModels } from './registry/read-models.ts';
import { RunningJobs } from './running-jobs.ts';
import { siblingsOf } from './siblings.ts';

interface Options {
  readonly ports: Ports;
  readonly history: History;
  readonly events: Events;
  readonly servers: KnownServers;
  readonly dashboards: DashboardService;
}

export interface VersionWishes {
  readonly onBreaking?: OnBreaking;
  /** The person's word that it may be built although no proof stands behind it; kept with the plan. */
  readonly unproven?: boolean | undefined;
}

/** Read models of the connected servers: what there is, proposals, plans, and refreshes. */
export class ReadModelService {
  readonly #options: Options;
  readonly #journal: Journal;
  readonly #runs: PlanRuns;
  readonly #refreshes = new RunningJobs<Run>();
  readonly proofs: Proofs;

  constructor(options: Options) {
    this.#options = options;
    this.#journal = journalIn(options.history, options.ports);
    this.#runs = new PlanRuns({ ...options, journal: this.#journal });
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
    return this.#store(await this.proofs.requireProven(server, plan, unproven));
  }

  async planRollBack(serverId: string, name: string, onBreaking?: OnBreaking): Promise<Plan> {
    const server = await this.#options.servers.server(serverId);
    return this.#store(await planRollBack({ server, name, onBreaking, forScript: true, ...this.#stamp() }));
  }

  async planDropVersion(serverId: string, name: string, version: number, evenIfRead = false): Promise<Plan> {
    const server = await this.#options.servers.server(serverId);
    return this.#store(await planDropVersion({ server, name, version, evenIfRead, forScript: true, ...this.#stamp() }));
  }

  async diffPlans(serverId: string, before: string, after: string): Promise<PlanDiff> {
    return diffPlans(await this.#runs.plan(serverId, before), await this.#runs.plan(serverId, after));
  }

  async planDrop(serverId: string, name: string): Promise<Plan> {
    const server = await this.#options.servers.server(serverId);
    return this.#store(await planDrop({ server, name, forScript: true, ...this.#stamp() }));
  }

  async plans(serverId: string): Promise<Plan[]> {
    await this.#options.servers.stored(serverId);
    return this.#options.history.plans.list(serverId);
  }

  getPlan(serverId: string, planId: string): Promise<ShownPlan> {
    return this.#runs.shown(serverId, planId);
  }

  /** Tries a stored plan and takes all of it back. */
  dryRun(serverId: string, planId: string): Promise<DryRun> {
    return this.#runs.dryRun(serverId, planId);
  }

  cancelDryRun(serverId: string, planId: string): Promise<{ cancelled: boolean }> {
    return this.#runs.cancelDryRun(serverId, planId);
  }

  /** Runs a stored plan to its end. */
  apply(serverId: string, input: ApplyInput): Promise<Execution> {
    return this.#runs.apply(serverId, input);
  }

  /** Lets a plan go on that holds before its switch. */
  proceed(serverId: string, planId: string): Promise<{ proceeded: boolean }> {
    return this.#runs.proceed(serverId, planId);
  }

  cancel(serverId: string, planId: string): Promise<Execution> {
    return this.#runs.cancel(serverId, planId);
  }

  /** Finishes or undoes what a killed engine left: see `PlanRuns`. */
  recover(serverId: string, server: OpenServer): Promise<string[]> {
    return this.#runs.recover(serverId, server);
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
          journal: this.#journal,
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

  /** A refresh that the scheduler has claimed. Throws the failures of `refreshReadModel`. */
  async refreshClaimed(server: OpenServer, name: string, claim: RefreshClaim, stop: AbortSignal): Promise<Run> {
    const { ports, events } = this.#options;
    const { serverId } = server;
    const key = `${serverId} ${name}`;
    if (this.#refreshes.has(key)) {
      throw new Failure({ code: 'busy', message: `A refresh of ${name} is running already.`, retryable: true });
    }
    try {
      const refreshed = this.#refreshes.run(key, (signal) =>
        refreshReadModel({
          server,
          readModel: name,
          journal: this.#journal,
          clock: ports.clock,
          logger: ports.logger,
          runner: ports.actor,
          claim,
          signal: AbortSignal.any([signal, stop]),
        }),
      );
      events.publish('read_models', serverId, name);
      return await refreshed;
    } finally {
      events.publish('read_models', serverId, name);
      events.publish('activity', serverId, name);
    }
  }

  isRefreshing(serverId: string, name: string): boolean {
    return this.#refreshes.has(`${serverId} ${name}`);
  }

  /** How the read model is refreshed from now on; null: Daybreak chooses. */
  async setRefreshMode(serverId: string, name: string, mode: RefreshMode | null): Promise<ReadModel> {
    const server = await this.#options.servers.server(serverId);
    const { ports, events } = this.#options;
    await setRefreshMode({ server, readModel: name, mode, journal: this.#journal, clock: ports.clock });
    events.publish('read_models', serverId, name);
    events.publish('activity', serverId, name);
    return this.#withRuns(server, await getReadModel(server, name, ports.clock));
  }

  async cancelRefresh(serverId: string, name: string): Promise<{ cancelled: boolean }> {
    await this.#options.servers.stored(serverId);
    const running = this.#refreshes.get(`${serverId} ${name}`);
    const { actor, clock } = this.#options.ports;
    running?.abort.abort({ by: actor, atMs: clock.nowMs() } satisfies CancelAsked);
    return { cancelled: running !== undefined };
  }

  /** Cancels what runs and waits until it has been undone, and its end stands in the store. */
  async stop(): Promise<void> {
    await Promise.all([this.#refreshes.stop(), this.#runs.stop(), this.proofs.stop()]);
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
}
