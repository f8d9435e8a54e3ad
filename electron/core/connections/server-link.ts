import type { CapabilityName, ServerFacts, ServerSummary } from '../../../shared/model/connection.ts';
import { Failure, isFailure, type FailureCode } from '../../../shared/model/failure.ts';
import type { TunnelSecrets } from '../../../shared/model/tunnel.ts';
import type { Events } from '../events.ts';
import type { History, StoredConnection } from '../history/history.ts';
import type { Ports } from '../ports.ts';
import { openServer } from '../postgres/connect.ts';
import { createSampler } from '../sampler/sampler.ts';
import { instanceKey } from './instance-history.ts';
import type { Instances, Membership } from './instances.ts';
import { reconnectDelayMs } from './reconnect-delay.ts';
import { keepTunnelSecrets, openServerTunnel } from './tunnels.ts';
import { waitUntil } from './wait-until.ts';

/** An open connection, opaque to everything that may not send SQL. */
export type OpenServer = Awaited<ReturnType<typeof openServer>>;

export interface LinkOptions {
  readonly ports: Ports;
  readonly history: History;
  readonly events: Events;
  readonly instances: Instances;
  /** False for an engine that lives for one call: it samples and reconnects only when told to. */
  readonly background: boolean;
  /** Called once a server is open, before anything else uses it: finishes what a killed engine left. */
  readonly onOpen: (serverId: string, server: OpenServer) => Promise<string | null>;
}

/** What a person typed for one attempt: the role's password, and passphrases or passwords of SSH servers. */
export interface Typed {
  readonly password: string | null;
  readonly tunnelSecrets?: TunnelSecrets | undefined;
}

const nothing: Typed = { password: null };
const isNothing = ({ password, tunnelSecrets = {} }: Typed): boolean =>
  password === null && Object.keys(tunnelSecrets).length === 0;

export const secretKey = (serverId: string) => `server:${serverId}`;

/** A wrong password, a removed role or another key of the SSH server does not heal by trying again. */
const permanent: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'login_failed',
  'ssh_login_failed',
  'host_key_unknown',
  'host_key_changed',
  'permission_denied',
  'not_found',
]);

/** Nobody answered: another attempt may find somebody. */
const outOfReach: ReadonlySet<FailureCode> = new Set<FailureCode>(['host_unreachable', 'connection_lost']);

const has = ({ capabilities }: ServerFacts, wanted: CapabilityName): boolean =>
  capabilities.some(({ name, present }) => name === wanted && present);

/** Whether a connection makes a history: that of an executive, whose role sees nobody but itself, has nothing to tell. */
export const samples = ({ settings, facts }: Pick<OpenServer, 'settings' | 'facts'>): boolean =>
  settings.executive !== true || has(facts, 'all_statistics');

/** Who sees the activity of all roles, and the statistics of statements, makes the better history. */
function sightOf(facts: ServerFacts): number {
  return (has(facts, 'all_statistics') ? 2 : 0) + (has(facts, 'statement_statistics') ? 1 : 0);
}

/** Says that the address leads to another cluster than the one whose history is shown; null where nothing says so. */
function anotherServer(label: string, before: ServerFacts | null, now: ServerFacts): string | null {
  const [then, found] = [before?.systemIdentifier ?? null, now.systemIdentifier];
  if (then === null || found === null || then === found) return null;
  return `${label} leads to another server than when it was last connected (system identifier ${then} then, ${found} now). What was recorded before is of that one.`;
}

/** The way to one server: closed, open, or lost and trying again; with its sampler. */
export class ServerLink {
  readonly #serverId: string;
  readonly #options: LinkOptions;
  #state: ServerSummary['state'] = 'disconnected';
  #notice: string | null = null;
  #server: OpenServer | null = null;
  #membership: Membership | null = null;
  #opening: Promise<OpenServer> | null = null;
  /** Openings that were overtaken by a close and have not ended yet. */
  #overtaken: Promise<unknown> = Promise.resolve();
  /** Grows with every close: an opening that ends later than that belongs to nobody any more. */
  #epoch = 0;
  /** False after the person disconnected: then nothing connects by itself. */
  #wanted = true;
  #attempts = 0;
  #nextAttemptAtMs: number | null = null;
  #retry: AbortController | null = null;
  #lastFailure: Failure | null = null;

  constructor(serverId: string, options: LinkOptions) {
    this.#serverId = serverId;
    this.#options = options;
  }

  get openServer(): OpenServer | null {
    return this.#server;
  }

  /** Its place among the connections to the same instance, of which one samples; null while it is not open. */
  get membership(): Membership | null {
    return this.#membership;
  }

  summary(): Pick<ServerSummary, 'state' | 'notice' | 'nextAttemptAtMs'> {
    const notices = [this.#notice, this.#sampledElsewhere()].filter((notice) => notice !== null);
    return {
      state: this.#state,
      notice: notices.length === 0 ? null : notices.join(' '),
      nextAttemptAtMs: this.#nextAttemptAtMs,
    };
  }

  #sampledElsewhere(): string | null {
    const sampling = this.#membership?.sampling ?? null;
    if (sampling === null || sampling.serverId === this.#serverId) return null;
    return `All databases of this server are sampled once, through the connection ${JSON.stringify(sampling.label)}; both show the same history.`;
  }

  /** What a person asks for: now, and with what was typed for it. */
  async connect(typed: Typed): Promise<void> {
    this.#wanted = true;
    this.#retry?.abort();
    if (this.#server !== null) return;
    try {
      await this.#open(typed);
    } catch (error) {
      // The attempt by hand failed like the ones before it: those by itself go on.
      if (this.#state === 'lost') this.#startReconnecting();
      throw error;
    }
  }

  async disconnect(): Promise<void> {
    this.#wanted = false;
    await this.close('disconnected', null);
  }

  /** The open server, connecting first where nobody said not to. Throws the failure of the attempt. */
  async current(label: string): Promise<OpenServer> {
    if (this.#server !== null) return this.#server;
    if (!this.#wanted) {
      throw new Failure({
        code: 'not_connected',
        message: `${label} is disconnected. Connect it first.`,
        action: 'connections.connect',
      });
    }
    // Between two attempts the answer is the last failure, at once: a dashboard must not wait for each widget.
    if (this.#state === 'lost' && this.#opening === null && this.#lastFailure !== null) throw this.#lastFailure;
    try {
      return await this.#open(nothing);
    } catch (error) {
      if (isFailure(error)) await this.#keepTrying(error);
      throw error;
    }
  }

  /**
   * A server that was reached before and is not now, since the machine was started on a plane: as one that was lost, it
   * is tried again by itself. The demo is not: a person opens it.
   */
  async #keepTrying({ value }: Failure): Promise<void> {
    if (!this.#options.background || !outOfReach.has(value.code)) return;
    const stored = await this.#options.history.connections.get(this.#serverId);
    if (stored === null || stored.lastConnectedAtMs === null || stored.settings.environment === 'demo') return;
    if (!this.#wanted || this.#state !== 'disconnected') return;
    this.#state = 'lost';
    this.#startReconnecting();
  }

  /** Ends sampling and session; an attempt under way discards what it opens. */
  async close(state: ServerSummary['state'], notice: string | null): Promise<void> {
    this.#epoch += 1;
    const server = this.#server;
    const membership = this.#membership;
    const opening = this.#opening;
    this.#server = null;
    this.#membership = null;
    this.#opening = null;
    if (opening !== null) this.#overtaken = Promise.allSettled([this.#overtaken, opening]);
    this.#state = state;
    this.#notice = notice;
    if (state !== 'lost') {
      this.#retry?.abort();
      this.#nextAttemptAtMs = null;
      this.#attempts = 0;
    }
    this.#changed();
    await membership?.leave();
    await server?.close();
  }

  /** Resolves when no overtaken attempt runs any more. */
  async ended(): Promise<void> {
    await this.#overtaken;
  }

  async #open(typed: Typed): Promise<OpenServer> {
    const running = this.#opening;
    if (running !== null) {
      try {
        return await running;
      } catch (error) {
        // That attempt did not know what was typed meanwhile.
        if (isNothing(typed)) throw error;
        return this.#open(typed);
      }
    }
    const opening = this.#openOnce(this.#epoch, typed).finally(() => {
      if (this.#opening === opening) this.#opening = null;
    });
    this.#opening = opening;
    return opening;
  }

  async #openOnce(epoch: number, { password, tunnelSecrets = {} }: Typed): Promise<OpenServer> {
    const { ports, history } = this.#options;
    if (this.#state !== 'lost') {
      this.#state = 'connecting';
      this.#changed();
    }
    let server: OpenServer | null = null;
    try {
      const { settings, lastFacts } = await this.#stored();
      server = await openServer({
        serverId: this.#serverId,
        settings,
        password: password ?? (await ports.secrets.get(secretKey(this.#serverId))),
        tunnel: await openServerTunnel(ports, this.#serverId, settings, tunnelSecrets),
        clock: ports.clock,
        logger: ports.logger,
      });
      this.#requireCurrent(epoch);
      // Only a password that opened the door is worth keeping.
      if (password !== null) await ports.secrets.set(secretKey(this.#serverId), password);
      await keepTunnelSecrets(ports, this.#serverId, settings, tunnelSecrets);
      const notices = [
        anotherServer(settings.label, lastFacts, server.facts),
        await this.#options.onOpen(this.#serverId, server),
      ].filter((notice) => notice !== null);
      const stored = await this.#stored();
      this.#requireCurrent(epoch);
      await history.connections.save({ ...stored, lastConnectedAtMs: ports.clock.nowMs(), lastFacts: server.facts });
      this.#requireCurrent(epoch);
      this.#take(server, notices.length === 0 ? null : notices.join(' '));
      return server;
    } catch (error) {
      await server?.close();
      if (epoch === this.#epoch) {
        if (this.#state !== 'lost') this.#state = 'disconnected';
        this.#lastFailure = isFailure(error) ? error : null;
        this.#notice = isFailure(error) ? error.value.message : null;
        this.#changed();
      }
      throw error;
    }
  }

  #take(server: OpenServer, notice: string | null): void {
    this.#server = server;
    this.#notice = notice;
    this.#state = 'connected';
    this.#attempts = 0;
    this.#nextAttemptAtMs = null;
    this.#lastFailure = null;
    this.#membership = samples(server) ? this.#join(server) : null;
    server.onFacts((facts) => this.#factsChanged(server, facts));
    server.onLost(() => this.#lost(server));
    this.#changed();
  }

  #join(server: OpenServer): Membership {
    const { ports, history, events, instances } = this.#options;
    // The key is that of the stored facts, which were saved just now: who samples and whose history it is agree.
    const membership: Membership = instances.join(instanceKey(server.settings, server.facts) ?? this.#serverId, {
      serverId: this.#serverId,
      label: server.settings.label,
      sight: () => sightOf(server.facts),
      createSampler: (mode, after) =>
        createSampler({
          server,
          store: history.samples,
          clock: ports.clock,
          logger: ports.logger,
          onChange: () => {
            for (const { serverId } of membership.members()) events.publish('sampler', serverId);
          },
          mode,
          ...(after === null ? {} : { after }),
        }),
    });
    return membership;
  }

  /** A role was granted or lost rights, an extension came or went, a clock was set. */
  #factsChanged(server: OpenServer, facts: ServerFacts): void {
    if (this.#server !== server) return;
    const { ports, history } = this.#options;
    this.#membership?.regraded();
    const save = async () => {
      const stored = await this.#stored();
      if (this.#server === server) await history.connections.save({ ...stored, lastFacts: facts });
    };
    save().catch((error: unknown) => ports.logger.warn({ error: String(error) }, 'the facts could not be stored'));
    this.#changed();
  }

  #lost(server: OpenServer): void {
    if (this.#server !== server) return;
    const { logger } = this.#options.ports;
    const { label } = server.settings;
    logger.warn({ serverId: this.#serverId }, 'connection lost');
    this.close('lost', `The connection to ${label} was lost.`).catch((error: unknown) =>
      logger.error({ err: error }, 'closing a lost connection failed'),
    );
    this.#lastFailure = new Failure({
      code: 'connection_lost',
      message: `The connection to ${label} was lost; the next attempt runs by itself.`,
      retryable: true,
    });
    this.#startReconnecting();
  }

  #startReconnecting(): void {
    if (!this.#options.background) return;
    const retry = new AbortController();
    this.#retry?.abort();
    this.#retry = retry;
    const { logger } = this.#options.ports;
    this.#reconnect(retry.signal).catch((error: unknown) => {
      if (retry.signal.aborted) return;
      logger.error({ err: error }, 'reconnecting ended with a bug');
      this.#giveUp();
    });
  }

  async #reconnect(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options.ports;
    while (this.#wanted && this.#server === null && !signal.aborted) {
      const delayMs = reconnectDelayMs(this.#attempts);
      this.#attempts += 1;
      this.#nextAttemptAtMs = clock.nowMs() + delayMs;
      this.#changed();
      await waitUntil(clock, this.#nextAttemptAtMs, signal);
      try {
        await this.#open(nothing);
      } catch (error) {
        if (!isFailure(error)) throw error;
        if (signal.aborted) return;
        if (permanent.has(error.value.code)) {
          this.#giveUp();
          return;
        }
      }
    }
  }

  #giveUp(): void {
    this.#state = 'disconnected';
    this.#nextAttemptAtMs = null;
    this.#changed();
  }

  async #stored(): Promise<StoredConnection> {
    const stored = await this.#options.history.connections.get(this.#serverId);
    if (stored !== null) return stored;
    throw new Failure({ code: 'not_found', message: `The connection ${this.#serverId} was removed.` });
  }

  #requireCurrent(epoch: number): void {
    if (epoch === this.#epoch) return;
    throw new Failure({ code: 'cancelled', message: 'Connecting was cancelled.' });
  }

  #changed(): void {
    this.#options.events.publish('connections', this.#serverId);
  }
}
