import type { WatchingState } from '../../../shared/model/alerts.ts';
import type { Clock } from '../ports.ts';

interface Look {
  /** This machine's wall clock, for people. */
  readonly atMs: number;
  /** Null: it has been out of reach since. */
  readonly steadyMs: number | null;
}

/** How watching itself goes: when it last came through, and what stands in its way. */
export class Looks {
  readonly #clock: Clock;
  readonly #looks = new Map<string, Look>();
  readonly #problems = new Map<string, string>();
  #roundSteadyMs: number | null = null;
  #roundProblem: string | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Rounds begin, or one came through: every open server was looked at, or has said why not. */
  round(): void {
    this.#roundSteadyMs = this.#steadyMs();
    this.#roundProblem = null;
  }

  roundFailed(error: unknown): void {
    this.#roundProblem = textOf(error);
  }

  /** Whether it is news that somebody looks. */
  cameThrough(serverId: string): boolean {
    const isNews = this.#problems.has(serverId) || !this.#looks.has(serverId);
    this.#looks.set(serverId, { atMs: this.#clock.nowMs(), steadyMs: this.#steadyMs() });
    this.#problems.delete(serverId);
    return isNews;
  }

  /** Whether it is news that nobody does, or why. */
  failed(serverId: string, error: unknown): boolean {
    const isNews = this.#problems.get(serverId) !== textOf(error);
    this.#problems.set(serverId, textOf(error));
    return isNews;
  }

  /** Nobody can look at a server that is not connected: that is told as something else. */
  outOfReach(serverId: string): void {
    const look = this.#looks.get(serverId);
    if (look !== undefined) this.#looks.set(serverId, { ...look, steadyMs: null });
    this.#problems.delete(serverId);
  }

  /** Null: not yet. */
  watchedAtMs(serverId: string): number | null {
    return this.#looks.get(serverId)?.atMs ?? null;
  }

  /** Why the last look found nothing out; null: it did, or there was none. */
  problem(serverId: string): string | null {
    return this.#problems.get(serverId) ?? null;
  }

  state(serverId: string): WatchingState {
    const ago = (steadyMs: number | null): number | null => (steadyMs === null ? null : this.#steadyMs() - steadyMs);
    return {
      lastRoundAgoMs: ago(this.#roundSteadyMs),
      lastLookAgoMs: ago(this.#looks.get(serverId)?.steadyMs ?? null),
      problem: this.#roundProblem ?? this.problem(serverId),
    };
  }

  #steadyMs(): number {
    return this.#clock.steadyMs?.() ?? this.#clock.nowMs();
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
