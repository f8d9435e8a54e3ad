import { isDeepStrictEqual } from 'node:util';
import type { ConnectionSettings, SamplerStatus, ServerSummary, TestStage } from '../../../shared/model/connection.ts';
import { Failure, isFailure } from '../../../shared/model/failure.ts';
import type { ShownHostKey, TunnelSecrets } from '../../../shared/model/tunnel.ts';
import type { StoredConnection } from '../history/history.ts';
import { passfileState } from '../postgres/passfile.ts';
import { readServices } from '../postgres/service-file.ts';
import { testConnection } from '../postgres/staged-test.ts';
import { parseConnectionText } from '../postgres/uri.ts';
import type { Sampler } from '../sampler/sampler.ts';
import type { SeenLoad } from '../sampler/seen-load.ts';
import { Instances } from './instances.ts';
import { samples, secretKey, ServerLink, type LinkOptions, type OpenServer, type Typed } from './server-link.ts';
import { TrustedHosts } from './trusted-hosts.ts';
import {
  configuredTunnels,
  forgetTunnelSecrets,
  keepTunnelSecrets,
  keptTunnelSecrets,
  tunnelContext,
} from './tunnels.ts';

export type { OpenServer } from './server-link.ts';

/** A settings form in the test and save calls: the form itself, with a password beside it or one kept by `parse`. */
export interface SettingsInput {
  readonly settings: ConnectionSettings;
  readonly password?: string | undefined;
  readonly secretId?: string | undefined;
  readonly tunnelSecrets?: TunnelSecrets | undefined;
}

/** Pasted passwords that are kept until their form is saved or tested. */
const mostPasted = 20;

/** Connections of this profile: which are known, and the link to each. */
export class KnownServers {
  readonly #options: LinkOptions;
  readonly #links = new Map<string, ServerLink>();
  /** Passwords that came in a pasted URI, until the form is saved; never sent back. */
  readonly #pastedSecrets = new Map<string, string>();
  readonly #trusted: TrustedHosts;

  constructor(options: Omit<LinkOptions, 'instances'>) {
    this.#options = { ...options, instances: new Instances({ start: options.background }) };
    this.#trusted = new TrustedHosts(options);
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
    while (this.#pastedSecrets.size > mostPasted) {
      this.#pastedSecrets.delete(this.#pastedSecrets.keys().next().value ?? '');
    }
    return { settings, hasPassword: true, secretId };
  }

  async sources() {
    const [services, passfile] = await Promise.all([readServices(process.env), passfileState(process.env)]);
    return { services, passfile, sshHosts: configuredTunnels() };
  }

  /** Fails with the failing stage's code; all stages are in `detail.stages`. */
  async test(
    input:
      | (SettingsInput & { tunnelSecretsOf?: string | undefined })
      | { serverId: string; password?: string | undefined; tunnelSecrets?: TunnelSecrets | undefined },
  ): Promise<{ stages: TestStage[] }> {
    const settings = 'settings' in input ? input.settings : (await this.#connectable(input.serverId)).settings;
    const password =
      'settings' in input
        ? this.#typedPassword(input)
        : (input.password ?? (await this.#options.ports.secrets.get(secretKey(input.serverId))));
    const { ports } = this.#options;
    const { stages, failure } = await testConnection({
      settings,
      password,
      clock: ports.clock,
      tunnelContext: tunnelContext(
        ports,
        'settings' in input ? (input.tunnelSecretsOf ?? null) : input.serverId,
        input.tunnelSecrets ?? {},
      ),
    });
    if (failure !== null) {
      throw new Failure({ ...failure.value, detail: { ...failure.value.detail, stages } }, { cause: failure });
    }
    return { stages };
  }

  async save(input: SettingsInput & { serverId?: string | undefined }): Promise<ServerSummary> {
    const { history, ports, events } = this.#options;
    const before = input.serverId === undefined ? null : await this.#connectable(input.serverId);
    const serverId = before?.serverId ?? crypto.randomUUID();
    if (before !== null && (await this.#isAsStored(before, input))) {
      if (input.secretId !== undefined) this.#pastedSecrets.delete(input.secretId);
      return this.#summary(before);
    }
    // An open connection, or one that is being opened, has the old address.
    if (before !== null) await this.#links.get(serverId)?.close('disconnected', null);
    const stored: StoredConnection = {
      serverId,
      settings: input.settings,
      lastConnectedAtMs: before?.lastConnectedAtMs ?? null,
      lastFacts: before?.lastFacts ?? null,
    };
    await history.connections.save(stored);
    const password = this.#typedPassword(input);
    if (password !== null) await ports.secrets.set(secretKey(serverId), password);
    if (before !== null) await forgetTunnelSecrets(ports, serverId, before.settings, input.settings);
    await keepTunnelSecrets(ports, serverId, input.settings, input.tunnelSecrets ?? {});
    if (input.secretId !== undefined) this.#pastedSecrets.delete(input.secretId);
    if (before === null) await this.#trusted.saved(stored);
    events.publish('connections', serverId);
    return this.#summary(stored);
  }

  /** A command with the address of an open server saves what is there; closing it would cancel the refreshes that run. */
  async #isAsStored({ serverId, settings }: StoredConnection, input: SettingsInput): Promise<boolean> {
    if (!isDeepStrictEqual(settings, input.settings) || Object.keys(input.tunnelSecrets ?? {}).length > 0) return false;
    const password = this.#typedPassword(input);
    return password === null || password === (await this.#options.ports.secrets.get(secretKey(serverId)));
  }

  async remove(serverId: string, confirm: string): Promise<{ removed: boolean }> {
    const stored = await this.stored(serverId);
    if (confirm !== stored.settings.label) {
      throw new Failure({
        code: 'invalid_input',
        message: `Removing the connection ${JSON.stringify(stored.settings.label)} and its history needs exactly that name as confirmation.`,
      });
    }
    const [sibling] = await this.#options.history.connections.sharing(serverId);
    if (sibling !== undefined) {
      throw new Failure({
        code: 'invalid_input',
        message: `The connection ${JSON.stringify(sibling.settings.label)} leads to the same PostgreSQL instance and shows the history that would go with ${JSON.stringify(stored.settings.label)}. Remove that one first; nothing was removed.`,
      });
    }
    await this.#links.get(serverId)?.disconnect();
    this.#links.delete(serverId);
    await this.#options.ports.secrets.remove(secretKey(serverId));
    await forgetTunnelSecrets(this.#options.ports, serverId, stored.settings, null);
    await this.#options.history.connections.remove(serverId);
    this.#options.events.publish('connections', serverId);
    return { removed: true };
  }

  async connect(
    serverId: string,
    password: string | null,
    tunnelSecrets?: Typed['tunnelSecrets'],
  ): Promise<ServerSummary> {
    await this.#connectable(serverId);
    await this.#link(serverId).connect({ password, tunnelSecrets });
    return this.#summary(await this.stored(serverId));
  }

  /** Whether windows show this connection as an executive sees it. Its numbers and its login stay what they are. */
  async setExecutive(serverId: string, executive: boolean): Promise<ServerSummary> {
    const before = await this.#connectable(serverId);
    const { executive: _, ...settings } = before.settings;
    const stored = { ...before, settings: executive ? { ...settings, executive } : settings };
    await this.#options.history.connections.save(stored);
    const link = this.#link(serverId);
    const open = link.openServer;
    // Whether it samples is decided as it opens.
    if (open !== null && samples(open) !== samples({ settings: stored.settings, facts: open.facts })) {
      await link.close('disconnected', null);
      await link.connect({ password: null });
    }
    this.#options.events.publish('connections', serverId);
    return this.#summary(await this.stored(serverId));
  }

  /** Whether this engine refreshes what is due there by itself; it survives a restart. */
  async setRunsRefreshes(serverId: string, on: boolean): Promise<void> {
    const before = await this.#connectable(serverId);
    const { runsRefreshes: _, ...settings } = before.settings;
    await this.#options.history.connections.save({
      ...before,
      settings: on ? { ...settings, runsRefreshes: on } : settings,
    });
    this.#options.events.publish('connections', serverId);
  }

  /** Throws as `HostKeys.trust`. */
  trustHostKey(shown: ShownHostKey): Promise<{ added: boolean; file: string }> {
    return this.#trusted.trust(shown);
  }

  forgetHostKey(address: Pick<ShownHostKey, 'host' | 'port'>): Promise<{ forgotten: boolean; file: string }> {
    return this.#trusted.forget(address);
  }

  async disconnect(serverId: string): Promise<ServerSummary> {
    const stored = await this.stored(serverId);
    await this.#link(serverId).disconnect();
    return this.#summary(stored);
  }

  /** The open server, connecting first where nobody said not to. Throws the failure of the attempt. */
  async server(serverId: string): Promise<OpenServer> {
    const { settings } = await this.#connectable(serverId);
    return this.#link(serverId).current(settings.label);
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
    return this.#links.get(serverId)?.openServer != null;
  }

  async sampler(serverId: string): Promise<Sampler> {
    await this.server(serverId);
    const { membership, openServer } = this.#link(serverId);
    const sampler = await membership?.sampler();
    if (sampler != null) return sampler;
    if (openServer !== null && !samples(openServer)) throw notSampled(openServer);
    throw new Failure({ code: 'connection_lost', message: 'The connection was lost just now.', retryable: true });
  }

  async samplerStatus(serverId: string): Promise<SamplerStatus> {
    await this.stored(serverId);
    const { history } = this.#options;
    const [storedBytes, statements] = await Promise.all([
      history.sizeBytes(),
      history.samples.statementCount(serverId),
    ]);
    const status = this.#links.get(serverId)?.membership?.current?.status() ?? null;
    return {
      serverId,
      running: status?.running ?? false,
      mode: status?.mode ?? 'background',
      lastSampleAtMs: status?.lastSampleAtMs ?? null,
      lastSnapshotAtMs: status?.lastSnapshotAtMs ?? null,
      statements,
      ownCostPercent: status?.ownCostPercent ?? null,
      incidentReason: status?.incidentReason ?? null,
      storedBytes,
      problem: status?.problem ?? null,
    };
  }

  /** Processors of an open server: as somebody said, or as this very machine has; null: not known. */
  cores(serverId: string): number | null {
    const server = this.#links.get(serverId)?.openServer ?? null;
    return server === null ? null : (server.settings.cores ?? server.facts.machineCores ?? null);
  }

  /** What its sampler saw of its load last; null: nobody samples it, or nothing was seen yet. */
  load(serverId: string): SeenLoad | null {
    return this.#links.get(serverId)?.membership?.current?.load() ?? null;
  }

  /** Its sampler looks often for so long, ms; nothing where nobody samples it. */
  lookCloser(serverId: string, forMs: number): void {
    this.#links.get(serverId)?.membership?.current?.lookCloser(forMs);
  }

  async stop(): Promise<void> {
    await Promise.all(
      [...this.#links.values()].map(async (link) => {
        await link.disconnect();
        await link.ended();
      }),
    );
  }

  /** Throws `Failure('not_available')` for a capture: there is no server behind it. */
  async #connectable(serverId: string): Promise<StoredConnection> {
    const stored = await this.stored(serverId);
    if (stored.capture == null) return stored;
    throw notConnectable(stored);
  }

  #link(serverId: string): ServerLink {
    const link = this.#links.get(serverId) ?? new ServerLink(serverId, this.#options);
    this.#links.set(serverId, link);
    return link;
  }

  #typedPassword(input: SettingsInput): string | null {
    if (input.password !== undefined && input.password !== '') return input.password;
    return input.secretId === undefined ? null : (this.#pastedSecrets.get(input.secretId) ?? null);
  }

  async #summary(stored: StoredConnection): Promise<ServerSummary> {
    const link = this.#link(stored.serverId);
    // A keychain that refuses one entry must not hide the list of connections.
    const secret = await this.#options.ports.secrets.get(secretKey(stored.serverId)).catch(() => null);
    const tunnelSecretsKept = await keptTunnelSecrets(this.#options.ports, stored.serverId, stored.settings);
    return {
      serverId: stored.serverId,
      settings: stored.settings,
      ...(tunnelSecretsKept === undefined ? {} : { tunnelSecretsKept }),
      ...link.summary(),
      facts: link.openServer?.facts ?? stored.lastFacts,
      hasPassword: secret !== null,
      lastConnectedAtMs: stored.lastConnectedAtMs,
      capture: stored.capture?.capture ?? null,
    };
  }
}

const notSampled = ({ settings }: OpenServer): Failure =>
  new Failure({
    code: 'not_available',
    message: `${settings.label} is in executive mode, and its role ${settings.user} sees no statements but its own: nothing is sampled there.`,
  });

const notConnectable = ({ settings, capture }: StoredConnection): Failure =>
  new Failure({
    code: 'not_available',
    message:
      capture?.capture.contents === 'dashboards'
        ? `${settings.label} is a pack of dashboards, not a connection: there is no server to reach. Its numbers can be looked at.`
        : `${settings.label} is a capture, not a connection: there is no server to reach. Its history can be looked at and diagnosed.`,
  });
