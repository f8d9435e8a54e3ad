import type { ConnectionSettings, SamplerStatus, ServerSummary, TestStage } from '../../../shared/model/connection.ts';
import { Failure, isFailure } from '../../../shared/model/failure.ts';
import type { Events } from '../events.ts';
import type { History, StoredConnection } from '../history/history.ts';
import type { Ports } from '../ports.ts';
import { openServer } from '../postgres/connect.ts';
import { readServices } from '../postgres/service-file.ts';
import { testConnection } from '../postgres/staged-test.ts';
import { parseConnectionText } from '../postgres/uri.ts';
import { createSampler, type Sampler } from '../sampler/sampler.ts';
import { passfileState } from '../postgres/passfile.ts';
import { reconnectDelayMs } from './reconnect-delay.ts';

/** An open connection, opaque to everything that may not send SQL. */
export type OpenServer = Awaited<ReturnType<typeof openServer>>;

/** A settings form in the test and save calls: the form itself, with a password beside it or one kept by `parse`. */
export interface SettingsInput {
  readonly settings: ConnectionSettings;
  readonly password?: string | undefined;
  readonly secretId?: string | undefined;
}

interface Link {
  state: ServerSummary['state'];
  notice: string | null;
  server: OpenServer | null;
  sampler: Sampler | null;
  opening: Promise<OpenServer> | null;
  /** False after the person disconnected: then nothing reconnects by itself. */
  wanted: boolean;
  lostAttempts: number;
  nextAttemptAtMs: number | null;
  retry: AbortController | null;
  lastFailure: Failure | null;
}

export interface KnownServersOptions {
  readonly ports: Ports;
  readonly history: History;
  readonly events: Events;
  /** False for an engine that lives for one call: it samples only when told to. */
  readonly background: boolean;
  /** Called once a server is open, before anything else uses it: finishes what a killed engine left. */
  readonly onOpen: (serverId: string, server: OpenServer) => Promise<string | null>;
}

/** Connections of this profile: which are known, which are open, and what happens when one is lost. */
export class KnownServers {
  readonly #options: KnownServersOptions;
  readonly #links = new Map<string, Link>();
  /** Passwords that came in a pasted URI, until the form is saved or tested; never sent back. */
  readonly #pastedSecrets = new Map<string, string>();

  constructor(options: KnownServersOptions) {
    this.#options = options;
  }

  async list(): Promise<ServerSummary[]> {
    const stored = await this.#options.history.connections.list();
    return Promise.all(stored.map((connection) => this.#summary(connection)));
  }

  async stored(serverId: string): Promise<StoredConnection> {
    const stored = await this.#options.history.connections.get(serverId);
    if (stored !== null) return stored;
    throw new Failure({
      code: 'not_found',
      message: `There is no connection with the id ${JSON.stringify(serverId)} in this profile. \`connections.list\` shows those that exist.`,
    });
  }

  parse(text: string) {
    const { settings, password } = parseConnectionText(text, process.env);
    if (password === null) return { settings, hasPassword: false, secretId: null };
    const secretId = crypto.randomUUID();
    this.#pastedSecrets.set(secretId, password);
    // A pasted password that nobody saved does not stay for ever.
    while (this.#pastedSecrets.size > 20) this.#pastedSecrets.delete(this.#pastedSecrets.keys().next().value ?? '');
    return { settings, hasPassword: true, secretId };
  }

  async sources() {
    const [services, passfile] = await Promise.all([readServices(process.env), passfileState(process.env)]);
    return { services, passfile };
  }

  /** Fails with the failing stage's code; all stages are in `detail.stages`. */
  async test(
    input: SettingsInput | { serverId: string; password?: string | undefined },
  ): Promise<{ stages: TestStage[] }> {
    const settings = 'settings' in input ? input.settings : (await this.stored(input.serverId)).settings;
    const password =
      'settings' in input
        ? this.#typedPassword(input)
        : (input.password ?? (await this.#options.ports.secrets.get(secretKey(input.serverId))));
    const { stages, failure } = await testConnection({ settings, password, clock: this.#options.ports.clock });
    if (failure !== null) {
      throw new Failure({ ...failure.value, detail: { ...failure.value.detail, stages } }, { cause: failure });
    }
    return { stages };
  }

  async save(input: SettingsInput & { serverId?: string | undefined }): Promise<ServerSummary> {
    const { history, ports, events } = this.#options;
    const before = input.serverId === undefined ? null : await this.stored(input.serverId);
    const serverId = before?.serverId ?? crypto.randomUUID();
    const stored: StoredConnection = {
      serverId,
      settings: input.settings,
      lastConnectedAtMs: before?.lastConnectedAtMs ?? null,
      lastFacts: before?.lastFacts ?? null,
    };
    await history.connections.save(stored);
    const password = this.#typedPassword(input);
    if (password !== null) await ports.secrets.set(secretKey(serverId), password);
    if (input.secretId !== undefined) this.#pastedSecrets.delete(input.secretId);
    // An open connection keeps its old address; the next one uses the new settings.
    if (before !== null && this.#links.get(serverId)?.server) await this.disconnect(serverId);
    events.publish('connections', serverId);
    return this.#summary(stored);
  }

  async remove(serverId: string, confirm: string): Promise<{ removed: boolean }> {
    const stored = await this.stored(serverId);
    if (confirm !== stored.settings.label) {
      throw new Failure({
        code: 'invalid_input',
        message: `Removing the connection ${JSON.stringify(stored.settings.label)} and its history needs exactly that name as confirmation.`,
      });
    }
    await this.#close(serverId, 'disconnected', null);
    this.#links.delete(serverId);
    await this.#options.ports.secrets.remove(secretKey(serverId));
    await this.#options.history.connections.remove(serverId);
    this.#options.events.publish('connections', serverId);
    return { removed: true };
  }

  async connect(serverId: string, password: string | null): Promise<ServerSummary> {
    const stored = await this.stored(serverId);
    const link = this.#link(serverId);
    link.wanted = true;
    link.retry?.abort();
    if (link.server === null) await this.#open(stored, link, password);
    return this.#summary(await this.stored(serverId));
  }

  async disconnect(serverId: string): Promise<ServerSummary> {
    const stored = await this.stored(serverId);
    this.#link(serverId).wanted = false;
    await this.#close(serverId, 'disconnected', null);
    return this.#summary(stored);
  }

  /** The open server, connecting first where nobody said not to. Throws the failure of the attempt. */
  async server(serverId: string): Promise<OpenServer> {
    const stored = await this.stored(serverId);
    const link = this.#link(serverId);
    if (link.server !== null) return link.server;
    if (!link.wanted) {
      throw new Failure({
        code: 'not_connected',
        message: `${stored.settings.label} is disconnected. Connect it first.`,
        action: 'connections.connect',
      });
    }
    // Between two attempts the answer is the last failure, at once: a dashboard must not wait for each widget.
    if (link.state === 'lost' && link.opening === null && link.lastFailure !== null) throw link.lastFailure;
    return this.#open(stored, link, null);
  }

  /** As `server`, but null where it is out of reach: what has a cache or a history goes on without it. */
  async serverOrNull(serverId: string): Promise<{ server: OpenServer | null; reason: string | null }> {
    try {
      return { server: await this.server(serverId), reason: null };
    } catch (error) {
      if (!isFailure(error) || error.value.code === 'not_found') throw error;
      return { server: null, reason: error.value.message };
    }
  }

  isOpen(serverId: string): boolean {
    return this.#links.get(serverId)?.server != null;
  }

  async sampler(serverId: string): Promise<Sampler> {
    await this.server(serverId);
    const { sampler } = this.#link(serverId);
    if (sampler === null) throw new Error('an open server has a sampler');
    return sampler;
  }

  async samplerStatus(serverId: string): Promise<SamplerStatus> {
    await this.stored(serverId);
    const { history } = this.#options;
    const [storedBytes, statements] = await Promise.all([
      history.sizeBytes(),
      history.samples.statementCount(serverId),
    ]);
    const status = this.#links.get(serverId)?.sampler?.status() ?? null;
    return {
      serverId,
      running: status?.running ?? false,
      mode: status?.mode ?? 'background',
      lastSampleAtMs: status?.lastSampleAtMs ?? null,
      lastSnapshotAtMs: status?.lastSnapshotAtMs ?? null,
      statements,
      ownCostPercent: status?.ownCostPercent ?? null,
      storedBytes,
      problem: status?.problem ?? null,
    };
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#links.keys()].map((serverId) => this.#close(serverId, 'disconnected', null)));
  }

  #link(serverId: string): Link {
    let link = this.#links.get(serverId);
    if (link === undefined) {
      link = {
        state: 'disconnected',
        notice: null,
        server: null,
        sampler: null,
        opening: null,
        wanted: true,
        lostAttempts: 0,
        nextAttemptAtMs: null,
        retry: null,
        lastFailure: null,
      };
      this.#links.set(serverId, link);
    }
    return link;
  }

  #open(stored: StoredConnection, link: Link, password: string | null): Promise<OpenServer> {
    link.opening ??= this.#openOnce(stored, link, password).finally(() => {
      link.opening = null;
    });
    return link.opening;
  }

  async #openOnce(stored: StoredConnection, link: Link, password: string | null): Promise<OpenServer> {
    const { ports, history, events } = this.#options;
    const { serverId, settings } = stored;
    const wasLost = link.state === 'lost';
    if (!wasLost) {
      link.state = 'connecting';
      events.publish('connections', serverId);
    }
    try {
      const server = await openServer({
        serverId,
        settings,
        password: password ?? (await ports.secrets.get(secretKey(serverId))),
        clock: ports.clock,
        logger: ports.logger,
      });
      try {
        // Only a password that opened the door is worth keeping.
        if (password !== null) await ports.secrets.set(secretKey(serverId), password);
        link.notice = await this.#options.onOpen(serverId, server);
      } catch (error) {
        await server.close();
        throw error;
      }
      server.onLost(() => this.#lost(stored, link, server));
      link.server = server;
      link.sampler = createSampler({
        server,
        store: history.samples,
        clock: ports.clock,
        logger: ports.logger,
        onChange: () => events.publish('sampler', serverId),
      });
      if (this.#options.background) link.sampler.start();
      link.state = 'connected';
      link.lostAttempts = 0;
      link.nextAttemptAtMs = null;
      link.lastFailure = null;
      await history.connections.save({ ...stored, lastConnectedAtMs: ports.clock.nowMs(), lastFacts: server.facts });
      events.publish('connections', serverId);
      return server;
    } catch (error) {
      if (!wasLost) link.state = 'disconnected';
      link.lastFailure = isFailure(error) ? error : null;
      link.notice = isFailure(error) ? error.value.message : null;
      events.publish('connections', serverId);
      throw error;
    }
  }

  #lost(stored: StoredConnection, link: Link, server: OpenServer): void {
    if (link.server !== server) return;
    const { ports, events } = this.#options;
    ports.logger.warn({ serverId: stored.serverId }, 'connection lost');
    void this.#close(stored.serverId, 'lost', `The connection to ${stored.settings.label} was lost.`);
    link.lastFailure = new Failure({
      code: 'connection_lost',
      message: `The connection to ${stored.settings.label} was lost; the next attempt runs by itself.`,
      retryable: true,
    });
    void this.#reconnect(stored.serverId, link, ports.clock, events);
  }

  async #reconnect(serverId: string, link: Link, clock: Ports['clock'], events: Events): Promise<void> {
    if (!this.#options.background) return;
    const retry = new AbortController();
    link.retry?.abort();
    link.retry = retry;
    while (link.wanted && link.server === null && !retry.signal.aborted) {
      const delayMs = reconnectDelayMs(link.lostAttempts);
      link.lostAttempts += 1;
      link.nextAttemptAtMs = clock.nowMs() + delayMs;
      events.publish('connections', serverId);
      try {
        await clock.sleep(delayMs, retry.signal);
        await this.#open(await this.stored(serverId), link, null);
      } catch (error) {
        if (retry.signal.aborted) return;
        // A wrong password or a removed role does not heal by trying again.
        if (isFailure(error) && ['login_failed', 'permission_denied', 'not_found'].includes(error.value.code)) {
          link.state = 'disconnected';
          link.nextAttemptAtMs = null;
          events.publish('connections', serverId);
          return;
        }
        if (!isFailure(error)) throw error;
      }
    }
  }

  async #close(serverId: string, state: ServerSummary['state'], notice: string | null): Promise<void> {
    const link = this.#link(serverId);
    const { server, sampler } = link;
    link.server = null;
    link.sampler = null;
    link.state = state;
    link.notice = notice;
    if (state !== 'lost') {
      link.retry?.abort();
      link.nextAttemptAtMs = null;
      link.lostAttempts = 0;
    }
    this.#options.events.publish('connections', serverId);
    await sampler?.stop();
    await server?.close();
  }

  #typedPassword(input: SettingsInput): string | null {
    if (input.password !== undefined && input.password !== '') return input.password;
    return input.secretId === undefined ? null : (this.#pastedSecrets.get(input.secretId) ?? null);
  }

  async #summary(stored: StoredConnection): Promise<ServerSummary> {
    const link = this.#link(stored.serverId);
    return {
      serverId: stored.serverId,
      settings: stored.settings,
      state: link.state,
      notice: link.notice,
      facts: link.server?.facts ?? stored.lastFacts,
      hasPassword: (await this.#options.ports.secrets.get(secretKey(stored.serverId))) !== null,
      lastConnectedAtMs: stored.lastConnectedAtMs,
      nextAttemptAtMs: link.nextAttemptAtMs,
    };
  }
}

const secretKey = (serverId: string) => `server:${serverId}`;
