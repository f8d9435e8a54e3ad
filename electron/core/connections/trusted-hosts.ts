import type { ConnectionSettings } from '../../../shared/model/connection.ts';
import { hopsOf, hostAndPort, type ShownHostKey } from '../../../shared/model/tunnel.ts';
import type { Events } from '../events.ts';
import type { History, StoredConnection } from '../history/history.ts';
import type { Ports } from '../ports.ts';
import { fingerprintOf, hostKeyFiles, hostKeys, keyTypeOf, type HostKeys } from '../tunnel/host-keys.ts';
import { knownHostName, type KnownHost } from '../tunnel/known-hosts.ts';

interface Options {
  readonly history: History;
  readonly ports: Ports;
  readonly events: Events;
}

type Address = Pick<ShownHostKey, 'host' | 'port'>;

interface Entry {
  readonly atMs: number;
  readonly purpose: string;
  readonly sql: string;
  readonly undoSql: string;
}

/** Keys that were trusted for a connection that is not saved yet. */
const mostUnsaved = 20;

/**
 * Writes into the activity log of every connection through an SSH server that somebody trusts its key from now on, or
 * no more. While a connection is only being set up it has no log: what was trusted for it is written down once it is
 * saved. No server runs any of this, so the entries are comments: a line of a file, and the call that takes it back.
 */
export class TrustedHosts {
  readonly #options: Options;
  #unsaved: readonly (Entry & { readonly address: Address })[] = [];

  constructor(options: Options) {
    this.#options = options;
  }

  /** From now on the SSH server may show this key. Throws as `HostKeys.trust`. */
  async trust(shown: ShownHostKey): Promise<{ added: boolean; file: string }> {
    const trusted = await this.#keys().trust(shown);
    if (trusted.added) await this.#added(shown, trusted.file);
    return trusted;
  }

  /** Keys that other files of this machine name stay known. */
  async forget(address: Address): Promise<{ forgotten: boolean; file: string }> {
    const { forgotten, file } = await this.#keys().forget(address);
    this.#unsaved = this.#unsaved.filter((one) => !sameHost(one.address, address));
    for (const known of forgotten) await this.#forgotten(address, known);
    return { forgotten: forgotten.length > 0, file };
  }

  async saved({ serverId, settings }: StoredConnection): Promise<void> {
    const its = this.#unsaved.filter(({ address }) => leadsThrough(settings, address));
    this.#unsaved = this.#unsaved.filter((one) => !its.includes(one));
    for (const { address: _, ...entry } of its) await this.#log(serverId, entry);
  }

  async #added(shown: ShownHostKey, file: string): Promise<void> {
    const { host, port, key, fingerprint } = shown;
    const entry = {
      atMs: this.#options.ports.clock.nowMs(),
      purpose: `SSH server ${hostAndPort(shown)}: its key ${fingerprint} is trusted`,
      sql: `-- written into ${file}:\n-- ${knownHostName(shown)} ${keyTypeOf(key)} ${key}`,
      undoSql: `-- daybreak call connections.forgetHostKey '${JSON.stringify({ host, port })}'`,
    };
    const through = await this.#through(shown);
    for (const { serverId } of through) await this.#log(serverId, entry);
    if (through.length === 0) this.#unsaved = [...this.#unsaved, { ...entry, address: shown }].slice(-mostUnsaved);
  }

  async #forgotten(address: Address, { file, names, keyType, key }: KnownHost): Promise<void> {
    const { host, port } = address;
    const shown: ShownHostKey = { host, port, key, fingerprint: fingerprintOf(key) };
    const entry = {
      atMs: this.#options.ports.clock.nowMs(),
      purpose: `SSH server ${hostAndPort(address)}: its key ${shown.fingerprint} is trusted no more`,
      sql: `-- taken out of ${file}:\n-- ${names} ${keyType} ${key}`,
      undoSql: `-- daybreak call connections.trustHostKey '${JSON.stringify(shown)}'`,
    };
    for (const { serverId } of await this.#through(address)) await this.#log(serverId, entry);
  }

  #keys(): HostKeys {
    return hostKeys(hostKeyFiles(this.#options.ports.paths.profileDir));
  }

  async #through(address: Address): Promise<readonly StoredConnection[]> {
    const stored = await this.#options.history.connections.list();
    return stored.filter(({ settings, capture }) => capture == null && leadsThrough(settings, address));
  }

  async #log(serverId: string, entry: Entry): Promise<void> {
    const { history, ports, events } = this.#options;
    const about = { serverId, actor: ports.actor, planId: null, runId: null };
    const entryId = await history.activity.begin({ ...entry, ...about });
    await history.activity.end(entryId, { tookMs: 0, outcome: 'done', error: null });
    events.publish('activity', serverId);
  }
}

const sameHost = (a: Address, b: Address): boolean =>
  a.host.toLowerCase() === b.host.toLowerCase() && a.port === b.port;

const leadsThrough = ({ tunnel }: ConnectionSettings, address: Address): boolean =>
  tunnel !== undefined && hopsOf(tunnel).some((hop) => sameHost(hop, address));
