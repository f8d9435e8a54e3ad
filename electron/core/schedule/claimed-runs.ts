import type { Run } from '../../../shared/model/read-model.ts';
import type { CancelAsked } from '../../../shared/model/schedule.ts';
import { isFailure } from '../../../shared/model/failure.ts';
import type { OpenServer } from '../connections/known-servers.ts';
import type { Logger } from '../ports.ts';
import type { RefreshClaim } from '../read-model/refresh/refresh-claim.ts';
import type { Lease } from '../read-model/registry/leases.ts';
import type { ScheduleTables } from '../read-model/registry/schedule-registry.ts';
import { afterEnd, endedByCancel, endedByServer, type Ended } from './decide/after-end.ts';
import type { Command } from './decide/command.ts';
import type { Effort } from './decide/load.ts';
import { concernsAll, errorClass } from './decide/retry.ts';
import type { WindowsNow } from './decide/skip-windows.ts';
import type { AfterEnd, ModelState } from './decide/tick-state.ts';
import type { OwnTroubles } from './own-troubles.ts';

type Cancel = Extract<Command, { kind: 'cancel' }>;

export interface ClaimedRunsOptions {
  readonly refresh: (server: OpenServer, readModel: string, claim: RefreshClaim, signal: AbortSignal) => Promise<Run>;
  readonly logger: Logger;
  /** The server's clock now, ms. */
  readonly nowMs: () => number;
  /** Skip windows as of now. */
  readonly windows: () => WindowsNow;
  /** What stands in this runner's own way. */
  readonly troubles: OwnTroubles;
  /** Told after each end: something else may start. */
  readonly onEnd: (readModel: string) => void;
}

interface Claimed {
  readonly model: ModelState;
  readonly abort: AbortController;
  readonly done: Promise<void>;
  effort: Effort;
  cancelledBy: Cancel | null;
}

/** The end of a run that the registry has not been told yet. */
interface Unsaid {
  readonly lease: Lease;
  readonly after: AfterEnd | null;
  readonly closeAs: Parameters<ScheduleTables['endClaimed']>[2];
}

/** How many runs of this runner came to which end. */
export interface RunCounts {
  readonly done: number;
  readonly failed: number;
  readonly cancelled: number;
}

const bug = { code: 'server_error', sqlstate: null, retryable: false } as const;

/** The refreshes that this runner has claimed, from their start until the registry knows how they ended. */
export class ClaimedRuns {
  readonly #options: ClaimedRunsOptions;
  readonly #running = new Map<string, Claimed>();
  #unsaid: Unsaid[] = [];
  #counts = { done: 0, failed: 0, cancelled: 0 };

  constructor(options: ClaimedRunsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#running.size;
  }

  get counts(): RunCounts {
    return this.#counts;
  }

  start(
    server: OpenServer,
    model: ModelState,
    lease: Lease,
    how: { readonly endByMs: number; readonly effort: Effort },
  ): void {
    const abort = new AbortController();
    const claimed: Claimed = {
      model,
      abort,
      effort: how.effort,
      cancelledBy: null,
      done: Promise.resolve().then(() => this.#run(server, lease, claimed, how.endByMs)),
    };
    this.#running.set(lease.runId, claimed);
  }

  /** False where it is no run of this runner. */
  cancel(command: Cancel): boolean {
    const claimed = this.#running.get(command.runId);
    if (claimed === undefined) return false;
    claimed.cancelledBy ??= command;
    claimed.abort.abort();
    return true;
  }

  /** Somebody wants it to end. False where it is no run of this runner. */
  cancelAsked(runId: string, asked: CancelAsked): boolean {
    const claimed = this.#running.get(runId);
    claimed?.abort.abort(asked);
    return claimed !== undefined;
  }

  setEffort(runId: string, effort: Effort): boolean {
    const claimed = this.#running.get(runId);
    if (claimed !== undefined) claimed.effort = effort;
    return claimed !== undefined;
  }

  /** Tells the registry what it has not heard yet; throws where it still cannot be told. */
  async sayEnds(tables: ScheduleTables): Promise<void> {
    while (this.#unsaid.length > 0) {
      const [first] = this.#unsaid;
      if (first === undefined) return;
      await tables.endClaimed(first.lease, first.after, first.closeAs);
      this.#unsaid = this.#unsaid.filter((one) => one !== first);
    }
  }

  /** Resolves when none runs any more. */
  async ended(): Promise<void> {
    await Promise.allSettled([...this.#running.values()].map(({ done }) => done));
  }

  /** Cancels all, so that another runner has them at once. */
  handBack(): void {
    for (const [runId, { model }] of this.#running) {
      this.cancel({
        kind: 'cancel',
        readModel: model.readModel,
        runId,
        runner: '',
        againAtMs: this.#options.nowMs(),
        reason: { code: 'shutdown', text: 'its runner was stopped' },
      });
    }
  }

  async #run(server: OpenServer, lease: Lease, claimed: Claimed, endByMs: number): Promise<void> {
    const { refresh, logger, onEnd, troubles } = this.#options;
    const { readModel, runId } = lease;
    const claim: RefreshClaim = { lease, endByMs, effort: () => claimed.effort };
    let unsaid: Unsaid;
    try {
      await refresh(server, readModel, claim, claimed.abort.signal);
      this.#count('done');
      troubles.over(readModel);
      unsaid = { lease, after: null, closeAs: { state: 'skipped', error: '', sqlstate: null } };
    } catch (error) {
      const ended = this.#endOf(error, runId, claimed);
      const after = afterEnd(claimed.model, ended);
      const said = error instanceof Error ? error.message : String(error);
      const sqlstate = isFailure(error) ? (error.value.sqlstate ?? null) : null;
      if (isFailure(error)) logger.warn({ readModel, runId, code: error.value.code, sqlstate, next: after.text }, said);
      else logger.error({ err: error, readModel, runId }, 'a refresh ended with a bug');
      this.#count(ended.state === 'cancelled' ? 'cancelled' : 'failed');
      const own = ended.state === 'failed' && errorClass(ended.code, ended.sqlstate, ended.retryable) === 'own';
      if (own) troubles.add(concernsAll(ended.code) ? null : readModel, said, ended.endedAtMs);
      const reason = claimed.cancelledBy?.reason.text;
      const state = own ? 'skipped' : ended.state === 'cancelled' ? 'cancelled' : 'failed';
      unsaid = { lease, after, closeAs: { state, error: reason === undefined ? said : `${said} ${reason}`, sqlstate } };
    }
    this.#running.delete(runId);
    this.#unsaid.push(unsaid);
    onEnd(readModel);
  }

  #endOf(error: unknown, runId: string, { cancelledBy, abort, model }: Claimed): Ended {
    const endedAtMs = this.#options.nowMs();
    if (cancelledBy !== null) return endedByCancel(cancelledBy, endedAtMs);
    // Somebody cancelled it in the window, or the engine stops.
    if (abort.signal.aborted) return { state: 'cancelled', runId, endedAtMs, againAtMs: null, wishStays: false };
    const {
      code,
      sqlstate = null,
      retryable,
      message,
    } = isFailure(error) ? error.value : { ...bug, message: String(error) };
    const byPerson = code === 'cancelled' && sqlstate === null;
    if (byPerson) return { state: 'cancelled', runId, endedAtMs, againAtMs: null, wishStays: false };
    return endedByServer(
      { state: 'failed', runId, endedAtMs, code, sqlstate, retryable, error: message },
      model.readModel,
      this.#options.windows(),
    );
  }

  #count(what: keyof RunCounts): void {
    this.#counts = { ...this.#counts, [what]: this.#counts[what] + 1 };
  }
}
