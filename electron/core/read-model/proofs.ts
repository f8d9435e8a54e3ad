import { Failure, isFailure } from '../../../shared/model/failure.ts';
import type { Plan } from '../../../shared/model/plan.ts';
import {
  mergedSteps,
  verdictOf,
  type AskedOriginal,
  type ParameterSet,
  type Proof,
  type ProofStep,
} from '../../../shared/model/proof.ts';
import type { CheckedProposal } from '../../../shared/model/proposal.ts';
import type { KnownServers, OpenServer } from '../connections/known-servers.ts';
import type { DashboardService } from '../dashboards/dashboard-service.ts';
import type { Events } from '../events.ts';
import type { History } from '../history/history.ts';
import type { Ports } from '../ports.ts';
import { originalsOf, type FoundOriginal, type Originals } from './originals.ts';
import { proofHash } from './proof-hash.ts';
import { requireReadsOnly } from './propose/derive/readable.ts';
import { recheck } from './propose/propose.ts';
import { freeParameters } from './prove/free-parameters.ts';
import { prove } from './prove/prove.ts';
import { withFrozen } from './prove/sampled-sets.ts';
import { readOneSelect } from './prove/select-text.ts';
import { provenPlan, type KnownOriginal } from './proven-plan.ts';
import { RunningJobs } from './running-jobs.ts';

interface Options {
  readonly ports: Ports;
  readonly history: History;
  readonly events: Events;
  readonly servers: KnownServers;
  readonly dashboards: DashboardService;
}

export interface ProveAsked {
  readonly proposal: CheckedProposal;
  /** Which of those that it has to answer for; left out: the first that has a query to compare. */
  readonly originalId?: string | undefined;
  /** Left out: those that are known of it. */
  readonly parameterSets?: readonly ParameterSet[] | undefined;
  /** For each parameter set. */
  readonly timeoutMs?: number | undefined;
  /** Under which the proof can be watched and cancelled. */
  readonly proofRunId?: string | undefined;
}

export interface ProofProgress {
  readonly running: boolean;
  readonly steps: ProofStep[];
  readonly setCount: number;
}

export interface AskedOriginals {
  /** Empty: there is nothing to compare the definition with. */
  readonly originals: AskedOriginal[];
  /** The version that serves, where it has this very definition. */
  readonly unchangedSince: number | null;
}

/** A culprit is slow: five minutes let it and its definition run side by side. */
const defaultTimeoutMs = 300_000;

/** Proofs that run, and what is known of those that ran. */
export class Proofs {
  readonly #options: Options;
  readonly #running = new RunningJobs<Proof>();
  readonly #progress = new Map<string, { readonly steps: ProofStep[]; readonly setCount: number }>();
  #saving: Promise<unknown> = Promise.resolve();

  constructor(options: Options) {
    this.#options = options;
  }

  /**
   * Compares an original with its rewriting over the definition, each parameter set at one snapshot, and adds the result
   * to what is known of these texts. Reads only. Throws `statement_refused` for a proposal that answers for nothing and for
   * what does not only read, `not_found` for an original that it does not have, `invalid_input` for values that are missing
   * or no literals, `cancelled`, and what the server refuses.
   */
  async prove(serverId: string, asked: ProveAsked): Promise<Proof> {
    const server = await this.#options.servers.server(serverId);
    const checked = await recheck(server, asked.proposal);
    const found = await originalsOf(this.#options, server, checked);
    const original = chosen(checked, found, asked.originalId);
    await requireReadsOnly(original.originalSql);
    await requireReadsOnly(original.rewrittenSql);
    const sets = await setsOf(original, asked.parameterSets);
    const runId = asked.proofRunId ?? crypto.randomUUID();
    if (this.#running.has(runId)) {
      throw new Failure({ code: 'busy', message: `A proof runs already under ${runId}.`, retryable: true });
    }
    const { clock } = this.#options.ports;
    const steps: ProofStep[] = [];
    this.#progress.set(runId, { steps, setCount: sets.length });
    try {
      return await this.#running.run(runId, async (signal) => {
        let begunMs = clock.nowMs();
        const limitMs = asked.timeoutMs ?? defaultTimeoutMs;
        await server.withReadonly(
          (session) =>
            prove({
              session,
              ...original,
              stableName: { schema: found.schema, name: checked.proposal.name },
              parameterSets: sets,
              timeoutMs: limitMs,
              onCompared: (outcome) => {
                const nowMs = clock.nowMs();
                steps.push({ parameterSet: sets[steps.length] ?? {}, outcome, tookMs: nowMs - begunMs });
                begunMs = nowMs;
                this.#options.events.publish('proof', serverId, runId);
              },
            }),
          { statementTimeoutMs: limitMs, signal },
        );
        return this.#save(serverId, original, { steps, setCount: sets.length });
      });
    } finally {
      this.#progress.delete(runId);
    }
  }

  /** One after the other: of two proofs that end together neither washes the other's sets away. */
  #save(
    serverId: string,
    original: ComparedOriginal,
    { steps, setCount }: { readonly steps: readonly ProofStep[]; readonly setCount: number },
  ): Promise<Proof> {
    const save = async (): Promise<Proof> => {
      const { proofs } = this.#options.history;
      const hash = proofHash(original) ?? '';
      const all = mergedSteps((await proofs.get(serverId, hash))?.steps ?? [], steps);
      const free = await freeOf(original);
      const proof: Proof = {
        proofHash: hash,
        verdict: verdictOf(all, free),
        steps: all,
        setCount: all.length - steps.length + setCount,
        freeParameters: free,
        provenAtMs: this.#options.ports.clock.nowMs(),
      };
      await proofs.save(serverId, proof);
      return proof;
    };
    const mine = this.#saving.then(save, save);
    this.#saving = mine.catch(() => undefined);
    return mine;
  }

  /** What has been compared so far; not running: nothing is known under this id. */
  async progress(serverId: string, proofRunId: string): Promise<ProofProgress> {
    await this.#options.servers.stored(serverId);
    const found = this.#progress.get(proofRunId);
    return found === undefined
      ? { running: false, steps: [], setCount: 0 }
      : { running: true, steps: [...found.steps], setCount: found.setCount };
  }

  /** Cancels the running statement on the server. */
  async cancel(serverId: string, proofRunId: string): Promise<{ cancelled: boolean }> {
    await this.#options.servers.stored(serverId);
    const running = this.#running.get(proofRunId);
    running?.abort.abort();
    return { cancelled: running !== undefined };
  }

  /** All that a proposal has to answer for, exactly as it stands, with what is known of it. */
  async originals(serverId: string, proposal: CheckedProposal): Promise<AskedOriginals> {
    const server = await this.#options.servers.server(serverId);
    const found = await originalsOf(this.#options, server, await recheck(server, proposal));
    const known = await this.#known(serverId, found);
    return {
      unchangedSince: found.unchangedSince,
      originals: await Promise.all(known.map(asked)),
    };
  }

  /** The last proof of one of them, left out the first; null where there is none. */
  async known(serverId: string, proposal: CheckedProposal, originalId?: string): Promise<Proof | null> {
    const { originals } = await this.originals(serverId, proposal);
    const found = originalId === undefined ? originals[0] : originals.find((one) => one.originalId === originalId);
    return found?.proof ?? null;
  }

  /** See `provenPlan`. The plan's proposal was checked when it was planned. */
  async requireProven(server: OpenServer, plan: Plan, unproven: boolean): Promise<Plan> {
    if (plan.proposal === null) return { ...plan, proof: null };
    const found = await originalsOf(this.#options, server, plan.proposal);
    return provenPlan(plan, found, await this.#known(plan.serverId, found), unproven);
  }

  #known(serverId: string, { originals }: Originals): Promise<KnownOriginal[]> {
    return Promise.all(
      originals.map(async (original) => {
        const hash = proofHash(original);
        const proof = hash === null ? null : await this.#options.history.proofs.get(serverId, hash);
        return { ...original, proof };
      }),
    );
  }

  async stop(): Promise<void> {
    await this.#running.stop();
  }
}

async function asked(known: KnownOriginal): Promise<AskedOriginal> {
  const { originalId, kind, label, originalSql, searchPath, rewrittenSql, unchanged, proof } = known;
  return {
    originalId,
    kind,
    label,
    originalSql,
    searchPath,
    rewrittenSql,
    unchanged,
    proof,
    parameterSets: known.parameterSets.map((set) => ({ ...set })),
    frozenParameters: [...known.frozenParameters],
    freeParameters: await freeOrNone(known),
  };
}

type ComparedOriginal = FoundOriginal & { readonly rewrittenSql: string };

const isCompared = (original: FoundOriginal): original is ComparedOriginal => original.rewrittenSql !== null;

function chosen({ proposal }: CheckedProposal, { originals }: Originals, originalId?: string): ComparedOriginal {
  const named = originalId === undefined ? originals : originals.filter((one) => one.originalId === originalId);
  const found = named.find(isCompared);
  if (found !== undefined) return found;
  const { name } = proposal;
  if (originalId !== undefined && named.length === 0) {
    const ids = originals.map((one) => one.originalId).join(', ');
    throw new Failure({
      code: 'not_found',
      message: `${name} does not have to answer for ${originalId}${ids === '' ? '' : `; it has to for ${ids}`}.`,
    });
  }
  const [without] = named;
  throw new Failure({
    code: 'statement_refused',
    message:
      without === undefined
        ? `${name} has a definition that was written by hand, and nothing that it could be compared with. Filling it compares every copy with the definition.`
        : `Nobody has written how ${without.label} is asked over ${name}. Give the rewritten query as queries["${without.originalId}"].`,
    detail: { construct: 'nothing to compare' },
  });
}

async function freeOf(original: ComparedOriginal): Promise<string[]> {
  const asked = await readOneSelect(original.originalSql);
  return freeParameters(asked, await readOneSelect(original.rewrittenSql), original.frozenParameters);
}

/** While somebody writes a query it may be none yet. */
async function freeOrNone(original: FoundOriginal): Promise<string[]> {
  try {
    return isCompared(original) ? await freeOf(original) : [];
  } catch (error) {
    if (!isFailure(error)) throw error;
    return [];
  }
}

async function setsOf(
  { originalSql, parameterSets, frozenParameters }: ComparedOriginal,
  given: readonly ParameterSet[] | undefined,
): Promise<ParameterSet[]> {
  const original = await readOneSelect(originalSql);
  if (original.parameters.length === 0) return [{}];
  const sets = withFrozen(original, given ?? parameterSets, frozenParameters);
  if (sets.length > 0) return sets;
  throw new Failure({
    code: 'invalid_input',
    message: `No values are known for ${[...new Set(original.parameters.map(({ number }) => `$${number}`))].join(', ')}. Give at least one parameter set to prove with.`,
  });
}
