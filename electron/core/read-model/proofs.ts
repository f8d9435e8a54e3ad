import { createHash } from 'node:crypto';
import { Failure } from '../../../shared/model/failure.ts';
import { verdictOf, type ParameterSet, type Proof, type ProofStep } from '../../../shared/model/proof.ts';
import { comparedOf, type CheckedProposal, type Compared, type Plan } from '../../../shared/model/read-model.ts';
import type { KnownServers } from '../connections/known-servers.ts';
import type { DashboardService } from '../dashboards/dashboard-service.ts';
import type { Events } from '../events.ts';
import type { History } from '../history/history.ts';
import type { Ports } from '../ports.ts';
import { requireReadsOnly } from './propose/derive/readable.ts';
import { recheck } from './propose/propose.ts';
import { prove } from './prove/prove.ts';
import { withFrozen } from './prove/sampled-sets.ts';
import { readOneSelect } from './prove/select-text.ts';
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
  /** Left out: the proposal's own. */
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

/** A culprit is slow: five minutes let it and its definition run side by side. */
const defaultTimeoutMs = 300_000;

/** Proofs that run, and what is known of those that ran. */
export class Proofs {
  readonly #options: Options;
  readonly #running = new RunningJobs<Proof>();
  readonly #progress = new Map<string, { readonly steps: ProofStep[]; readonly setCount: number }>();

  constructor(options: Options) {
    this.#options = options;
  }

  /**
   * Compares the culprit with its rewriting over the definition, each parameter set at one snapshot, and keeps the
   * result. Reads only. Throws `statement_refused` for a proposal that answers for nothing else and for what does not only read,
   * `invalid_input` for values that are missing or no literals, `cancelled`, and what the server refuses.
   */
  async prove(serverId: string, { proposal, parameterSets, timeoutMs, proofRunId }: ProveAsked): Promise<Proof> {
    const server = await this.#options.servers.server(serverId);
    const checked = await recheck(server, proposal);
    const compared = requireCulprit(checked);
    await requireReadsOnly(compared.originalSql);
    await requireReadsOnly(compared.rewrittenSql);
    const sets = await setsOf(compared, parameterSets);
    const runId = proofRunId ?? crypto.randomUUID();
    if (this.#running.has(runId)) {
      throw new Failure({ code: 'busy', message: `A proof runs already under ${runId}.`, retryable: true });
    }
    const { clock } = this.#options.ports;
    const steps: ProofStep[] = [];
    this.#progress.set(runId, { steps, setCount: sets.length });
    try {
      return await this.#running.run(runId, async (signal) => {
        let begunMs = clock.nowMs();
        const limitMs = timeoutMs ?? defaultTimeoutMs;
        await server.withReadonly(
          (session) =>
            prove({
              session,
              ...compared,
              stableName: { schema: server.settings.readModelSchema, name: checked.proposal.name },
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
        const proof: Proof = {
          proofHash: proofHash(compared),
          verdict: verdictOf(steps.map(({ outcome }) => outcome)),
          steps,
          setCount: sets.length,
          provenAtMs: clock.nowMs(),
        };
        await this.#options.history.proofs.save(serverId, proof);
        return proof;
      });
    } finally {
      this.#progress.delete(runId);
    }
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

  /** The last proof of a proposal exactly as it stands; null where there is none. */
  async known(serverId: string, proposal: CheckedProposal): Promise<Proof | null> {
    const compared = comparedOf(proposal);
    return compared === null ? null : this.#options.history.proofs.get(serverId, proofHash(compared));
  }

  /**
   * What a plan keeps of the proof of its proposal. Throws `unproven` for a proposal that has to answer for a statement
   * or a widget and that nothing proves, or that was disproven, unless the person has said that it may be built all the
   * same. What ships with a widget is proven where it is made.
   */
  async requireProven(serverId: string, plan: Plan, unproven: boolean): Promise<Plan> {
    const { proposal } = plan;
    if (proposal === null || !(await this.#answersForAnother(serverId, proposal))) return { ...plan, proof: null };
    const compared = comparedOf(proposal);
    const verdict = (await this.known(serverId, proposal))?.verdict ?? null;
    const kept = { ...plan, proof: { verdict, proofHash: compared === null ? '' : proofHash(compared) } };
    if (verdict === 'proven') return kept;
    const why = reasons[verdict ?? (compared === null ? 'without' : 'never')];
    if (unproven) {
      return { ...kept, unproven: true, warnings: [...plan.warnings, `${why} It is built because a person said so.`] };
    }
    throw new Failure({
      code: 'unproven',
      message: `${plan.readModel} is not proven. ${why} Prove it, or say that it may be built unproven.`,
      detail: { verdict },
    });
  }

  async #answersForAnother(serverId: string, proposal: CheckedProposal): Promise<boolean> {
    if (proposal.origin === 'statement') return true;
    if (proposal.widgetId === null || proposal.liveSql === undefined) return false;
    const shipped = await this.#options.dashboards.proposalOrigin(serverId, proposal.widgetId);
    const asShipped =
      shipped.kind === 'widget' &&
      shipped.readerSql === proposal.readerSql &&
      shipped.definitionSql === proposal.proposal.definitionSql;
    return !asShipped;
  }

  async stop(): Promise<void> {
    await this.#running.stop();
  }
}

const reasons = {
  disproven: 'Its rewritten query returned other rows than the statement.',
  inconclusive: 'Its proof ran out of time, or compared nothing but empty results.',
  never: 'Its rewritten query was never compared with the statement, as it stands now.',
  without: 'It has no rewritten query that could be compared with the statement.',
} as const;

function requireCulprit(checked: CheckedProposal): Compared {
  const compared = comparedOf(checked);
  if (compared !== null) return compared;
  throw new Failure({
    code: 'statement_refused',
    message: `${checked.proposal.name} was not derived from a statement, so there is nothing to compare its definition with. Filling it compares every copy with the definition.`,
    detail: { construct: 'no statement' },
  });
}

async function setsOf(
  { originalSql, parameterSets, frozenParameters }: Compared,
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

/** SHA-256 over all that a proof compares: whoever changes a part of it has another proposal. */
function proofHash({ originalSql, searchPath, definitionSql, rewrittenSql }: Compared): string {
  const compared = JSON.stringify([originalSql, searchPath, definitionSql, rewrittenSql]);
  return createHash('sha256').update(compared).digest('hex');
}
