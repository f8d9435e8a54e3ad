import { isFailure } from '../../../shared/model/failure.ts';
import type { KnownHolds } from '../../../shared/model/known-holds.ts';
import type { ConnectionStore } from '../history/history.ts';
import type { Clock, Logger } from '../ports.ts';
import type { Server } from '../postgres/session.ts';
import { readKnownHolds } from '../read-model/registry/known-holds.ts';
import { dashboardsApplicationName } from './read-widget.ts';

interface Options {
  readonly store: Pick<ConnectionStore, 'knownHolds' | 'saveKnownHolds'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Widgets that are read within this time are one round, and the registry is asked once for all of them. */
export const roundMs = 15_000;
/** A label is not worth more. */
const statementTimeoutMs = 2_000;

interface Round {
  readonly beganAtMs: number;
  readonly holds: Promise<KnownHolds | null>;
}

/** What holds the read models of each server back: asked once for a round of widgets, kept for when it is out of reach. */
export class ServerHolds {
  readonly #options: Options;
  /** By connection: one that hangs must not hold up the next. */
  #rounds = new WeakMap<Server, Round>();

  constructor(options: Options) {
    this.#options = options;
  }

  /** As the server says now; out of the store where it does not. null: nothing is known. Never throws a `Failure`. */
  async of(serverId: string, server: Server): Promise<KnownHolds | null> {
    const { clock } = this.#options;
    const nowMs = clock.nowMs();
    const last = this.#rounds.get(server);
    if (last !== undefined && nowMs >= last.beganAtMs && nowMs - last.beganAtMs < roundMs) return last.holds;
    const holds = this.#ask(serverId, server);
    this.#rounds.set(server, { beganAtMs: nowMs, holds });
    return holds;
  }

  /** Without asking the server. */
  lastKnown(serverId: string): Promise<KnownHolds | null> {
    return this.#options.store.knownHolds(serverId);
  }

  /** A schedule or a calendar was changed: the next widget asks. */
  forget(): void {
    this.#rounds = new WeakMap();
  }

  async #ask(serverId: string, server: Server): Promise<KnownHolds | null> {
    const limits = { statementTimeoutMs, applicationName: dashboardsApplicationName };
    try {
      const known = await server.withReadonly((session) => readKnownHolds(session), limits);
      await this.#keep(serverId, known);
      return known;
    } catch (error) {
      if (!isFailure(error)) throw error;
      // The number is worth showing without.
      this.#options.logger.debug({ error: error.value, serverId }, 'what holds read models back could not be read');
      return this.lastKnown(serverId);
    }
  }

  async #keep(serverId: string, known: KnownHolds | null): Promise<void> {
    const { store, logger } = this.#options;
    try {
      const before = await store.knownHolds(serverId);
      if (JSON.stringify(before) !== JSON.stringify(known)) await store.saveKnownHolds(serverId, known);
    } catch (error) {
      if (!isFailure(error)) throw error;
      logger.warn(
        { error: error.value, serverId },
        'what holds read models back could not be kept for offline reading',
      );
    }
  }
}
