import type { KeptIn } from '../../../shared/model/alert-episode.ts';
import { isFailure } from '../../../shared/model/failure.ts';
import type { Logger } from '../ports.ts';
import { nextAttemptMs } from './backoff.ts';
import type { AlertLedger, AttemptResult } from './ledger.ts';
import { composeMessage } from './message.ts';
import { dueParcels, nextAttemptOf, owedDeliveries, type Destination, type Parcel } from './plan-deliveries.ts';
import { sendTimeoutMs, type Send, type SendOutcome } from './send.ts';

/** Longer than any attempt takes: whoever holds a delivery for longer is gone. */
const claimMs = 3 * sendTimeoutMs;
/** Episodes that ended this long ago owe nobody a message any more. */
const lookBackMs = 48 * 3_600_000;

export interface DispatchInput {
  readonly ledger: AlertLedger;
  readonly keptIn: KeptIn;
  readonly server: { readonly serverId: string; readonly label: string };
  readonly destinations: readonly Destination[];
  /** On the ledger's clock. */
  readonly nowMs: () => number;
  /** How far the ledger's clock is ahead of this machine's. */
  readonly skewMs: number;
}

export interface DispatcherOptions {
  /** Who sends, for the ledger: unique to this engine's life. */
  readonly engineId: string;
  readonly sender: (destination: Destination) => Promise<Send>;
  readonly logger: Logger;
  /** From 0 to 1. */
  readonly chance?: () => number;
  /** A delivery has another state. */
  readonly onChange: (serverId: string) => void;
}

/**
 * Brings what a ledger owes to the destinations of this engine. Every destination has its own way: one that hangs holds
 * up no other one, and nobody waits for any of them.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #stopping = new AbortController();
  /** Ends of attempts that the ledger could not be told: it is told before anything is sent again. */
  readonly #untold = new Map<string, { readonly deliveryIds: readonly string[]; readonly result: AttemptResult }>();

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /** Plans what is owed, and begins to send what is due. Resolves to when it should be looked at again, ms; null: nothing waits. */
  async round(input: DispatchInput): Promise<number | null> {
    const { ledger, server, destinations, nowMs } = input;
    await this.#tell(input);
    const before = await ledger.read(nowMs() - lookBackMs);
    const owed = owedDeliveries(before, destinations, nowMs());
    if (owed.length > 0) {
      await ledger.plan(owed);
      this.#options.onChange(server.serverId);
    }
    const state = owed.length === 0 ? before : await ledger.read(nowMs() - lookBackMs);
    for (const parcel of dueParcels(state, destinations, nowMs())) {
      const key = `${wayOf(input)} ${parcel.destination.key}`;
      if (this.#underWay.has(key) || this.#stopping.signal.aborted) continue;
      const way = this.#send(input, parcel)
        .catch((error: unknown) => this.#report(error, server.serverId))
        .finally(() => this.#underWay.delete(key));
      this.#underWay.set(key, way);
    }
    return nextAttemptOf(state, destinations, nowMs());
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay.values());
  }

  /** Cuts off what is under way; it is sent again by whoever comes next. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the engine stops'));
    await this.settled();
  }

  async #send(input: DispatchInput, parcel: Parcel): Promise<void> {
    const { ledger, server, nowMs, skewMs } = input;
    const { engineId, sender, onChange } = this.#options;
    const toldAtMs = nowMs();
    const got = new Set(
      await ledger.claim(
        parcel.items.map(({ delivery }) => delivery),
        engineId,
        toldAtMs,
        toldAtMs + claimMs,
      ),
    );
    const mine: Parcel = { ...parcel, items: parcel.items.filter(({ delivery }) => got.has(delivery.deliveryId)) };
    if (mine.items.length === 0) return;
    onChange(server.serverId);
    const message = composeMessage(mine, server, toldAtMs - skewMs, skewMs);
    const send = await sender(parcel.destination);
    const outcome = await send(message, this.#stopping.signal);
    if (!outcome.ok) {
      const { problem, error } = outcome;
      this.#options.logger.warn({ serverId: server.serverId, channel: parcel.destination.kind, problem }, error);
    }
    for (const [result, deliveryIds] of resultsOf(
      mine,
      outcome,
      toldAtMs,
      nowMs(),
      this.#options.chance ?? Math.random,
    )) {
      this.#untold.set(`${wayOf(input)} ${deliveryIds[0] ?? ''}`, { deliveryIds, result });
    }
    await this.#tell(input);
    onChange(server.serverId);
  }

  /** Writes down how attempts ended. Where that fails it is kept: what was sent must not be sent again. */
  async #tell(input: DispatchInput): Promise<void> {
    for (const [key, { deliveryIds, result }] of this.#untold) {
      if (!key.startsWith(`${wayOf(input)} `)) continue;
      await input.ledger.settle(deliveryIds, this.#options.engineId, result);
      this.#untold.delete(key);
    }
  }

  #report(error: unknown, serverId: string): void {
    if (isFailure(error)) this.#options.logger.warn({ serverId, code: error.value.code }, error.message);
    else this.#options.logger.error({ err: error, serverId }, 'an alert could not be sent');
  }
}

/** One ledger of one server. */
const wayOf = ({ server, keptIn }: DispatchInput): string => `${server.serverId} ${keptIn}`;

/** What is written down for each delivery of a parcel: together in one message, each with its own number of attempts. */
function resultsOf(
  { items }: Parcel,
  outcome: SendOutcome,
  toldAtMs: number,
  nowMs: number,
  chance: () => number,
): (readonly [AttemptResult, readonly string[]])[] {
  if (outcome.ok) return [[{ state: 'sent', toldAtMs }, items.map(({ delivery }) => delivery.deliveryId)]];
  const { problem, error, retryAfterMs = null } = outcome;
  const spread = chance();
  return items.map(({ delivery }) => {
    const { deliveryId, attempts, plannedAtMs } = delivery;
    const attempt = { problem, attempts: attempts + 1, plannedAtMs, nowMs, retryAfterMs, chance: spread };
    const nextMs = nextAttemptMs(attempt);
    const result: AttemptResult = {
      state: nextMs === null ? 'failed' : 'waiting',
      problem,
      error,
      nextAttemptAtMs: nextMs ?? nowMs,
    };
    return [result, [deliveryId]] as const;
  });
}
