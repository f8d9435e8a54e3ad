import type { SamplerMode } from '../../../shared/model/sampling.ts';
import type { Sampler, SamplerMemory } from '../sampler/sampler.ts';

/** An open connection that could sample its instance. */
export interface Member {
  readonly serverId: string;
  readonly label: string;
  /** More is better: a connection that sees more samples in place of one that sees less. */
  sight(): number;
  /** A sampler over this connection, not started. */
  createSampler(mode: SamplerMode, after: SamplerMemory | null): Sampler;
}

/** A member's place in its instance. */
export interface Membership {
  /** The sampler of the instance, whichever connection it uses; null while nobody samples. */
  sampler(): Promise<Sampler | null>;
  /** As `sampler`, without waiting for a change that is under way. */
  readonly current: Sampler | null;
  /** The member that samples. */
  readonly sampling: Member | null;
  /** All members, for telling them what the one sampler did. */
  members(): readonly Member[];
  /** What the member sees may have changed. */
  regraded(): void;
  /** Resolves when this member samples no more; another one takes over. */
  leave(): Promise<void>;
}

interface Instance {
  readonly members: Set<Member>;
  sampling: { readonly member: Member; readonly sampler: Sampler } | null;
  mode: SamplerMode;
  memory: SamplerMemory | null;
  /** One change after the other. */
  changes: Promise<unknown>;
}

/**
 * One sampler for each instance, however many of its databases are connected. The connection that sees most samples;
 * among equals the one that was there first. When it goes, the next one goes on from its last snapshot.
 */
export class Instances {
  readonly #instances = new Map<string, Instance>();
  readonly #start: boolean;

  /** `start`: whether samplers run by themselves, or read only when they are asked to. */
  constructor({ start }: { readonly start: boolean }) {
    this.#start = start;
  }

  join(key: string, member: Member): Membership {
    const instance = this.#instances.get(key) ?? {
      members: new Set(),
      sampling: null,
      mode: 'background',
      memory: null,
      changes: Promise.resolve(),
    };
    this.#instances.set(key, instance);
    instance.members.add(member);
    const elect = () => this.#change(instance, () => this.#elect(instance));
    void elect();
    return {
      sampler: async () => {
        await instance.changes;
        return instance.sampling?.sampler ?? null;
      },
      get current() {
        return instance.sampling?.sampler ?? null;
      },
      get sampling() {
        return instance.sampling?.member ?? null;
      },
      members: () => [...instance.members],
      regraded: () => void elect(),
      leave: () => {
        instance.members.delete(member);
        return elect();
      },
    };
  }

  #change(instance: Instance, change: () => Promise<void>): Promise<void> {
    const changed = instance.changes.then(change);
    instance.changes = changed.catch(() => undefined);
    return changed;
  }

  async #elect(instance: Instance): Promise<void> {
    const best = bestOf(instance);
    const before = instance.sampling;
    if (before?.member === best) return;
    if (before !== null) {
      instance.sampling = null;
      instance.mode = before.sampler.modeByHand();
      await before.sampler.stop();
      instance.memory = before.sampler.memory();
    }
    if (best === undefined) return;
    const sampler = best.createSampler(instance.mode, instance.memory);
    instance.memory = null;
    instance.sampling = { member: best, sampler };
    if (this.#start) sampler.start();
  }
}

function bestOf({ members, sampling }: Instance): Member | undefined {
  const present = sampling !== null && members.has(sampling.member) ? [sampling.member] : [];
  // The one that samples stands first: it is replaced only by one that sees more.
  return [...present, ...members].reduce<Member | undefined>(
    (best, each) => (best === undefined || each.sight() > best.sight() ? each : best),
    undefined,
  );
}
