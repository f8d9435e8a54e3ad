import { createHash, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import {
  desktopChannel,
  desktopChannelId,
  isLoopback,
  isReadable,
  type Channel,
  type ChannelDraft,
  type ChannelState,
  type ChannelTarget,
} from '../../../shared/model/alert-channel.ts';
import { Failure } from '../../../shared/model/failure.ts';
import { quietUntilMs } from '../../../shared/model/quiet-hours.ts';
import type { History } from '../history/history.ts';
import type { Ports } from '../ports.ts';
import { testMessage } from './message.ts';
import type { Notices } from './notices.ts';
import type { Destination } from './plan-deliveries.ts';
import { emailSender } from './send-email.ts';
import { inTheClear, webhookSender } from './send-webhook.ts';
import type { Send, SendOutcome } from './send.ts';

interface Options {
  readonly ports: Ports;
  readonly history: History;
  readonly notices: Notices;
}

const secretKey = (channelId: string): string => `alert-channel:${channelId}`;

/** Where alerts of this profile go, and how they are sent there. Secrets go into the password store and stay there. */
export class Channels {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  async list(): Promise<Channel[]> {
    const stored = await this.#options.history.alerts.channels();
    const [desktop = desktopChannel] = stored.filter(({ channelId }) => channelId === desktopChannelId);
    const others = stored.filter(({ channelId }) => channelId !== desktopChannelId);
    return [desktop, ...others.toSorted((one, other) => one.label.localeCompare(other.label))];
  }

  async states(): Promise<ChannelState[]> {
    return Promise.all((await this.list()).map((channel) => this.#state(channel)));
  }

  /** @param secret Left out: the stored one stays. Null: it is removed. Throws `invalid_input`. */
  async save(draft: ChannelDraft, secret: string | null | undefined): Promise<ChannelState> {
    const { history, ports } = this.#options;
    const known = await this.list();
    const channelId = draft.channelId ?? randomUUID();
    const before = draft.channelId === undefined ? null : await this.get(draft.channelId);
    const channel: Channel = { ...draft, channelId };
    refuseUnsound(channel, before, known);
    await history.alerts.saveChannel(channel);
    if (secret === null || (before !== null && otherAddress(before.target, channel.target) && secret === undefined)) {
      // A secret goes to the address that it was entered for, and to no other one.
      await ports.secrets.remove(secretKey(channelId));
    } else if (secret !== undefined) await ports.secrets.set(secretKey(channelId), secret);
    return this.#state(channel);
  }

  /** Throws `not_found`, and `invalid_input` for the desktop's own. */
  async remove(channelId: string): Promise<void> {
    const { history, ports } = this.#options;
    await this.get(channelId);
    if (channelId === desktopChannelId) {
      throw new Failure({
        code: 'invalid_input',
        message: 'The channel of this machine cannot be removed. Switch it off instead.',
      });
    }
    await history.alerts.removeChannel(channelId);
    await ports.secrets.remove(secretKey(channelId));
  }

  async get(channelId: string): Promise<Channel> {
    const found = (await this.list()).find((channel) => channel.channelId === channelId);
    if (found !== undefined) return found;
    throw new Failure({
      code: 'not_found',
      message: `There is no alert channel ${JSON.stringify(channelId)}. \`alerts.channels\` shows those that exist.`,
    });
  }

  /** Every address of the channels that are switched on; this machine only while somebody would see it. */
  async destinations(): Promise<Destination[]> {
    const channels = (await this.list()).filter(({ enabled }) => enabled);
    const all = (await Promise.all(channels.map((channel) => this.#destinationsOf(channel)))).flat();
    // Two channels with the same address are one destination, and the first of them decides when it is quiet.
    return [...new Map(all.toReversed().map((one) => [one.key, one])).values()].toReversed();
  }

  async #destinationsOf(channel: Channel): Promise<Destination[]> {
    const { channelId, target, quiet } = channel;
    const ready = !needsSecret(channel) || (await this.#secret(channelId)) !== null;
    const one = (address: string, label: string): Destination => ({
      key: `${target.kind}:${shortHash(address)}`,
      label,
      channelId,
      kind: target.kind,
      quiet,
      ready,
    });
    switch (target.kind) {
      case 'desktop':
        return this.#options.notices.isSeen
          ? [one(`${hostname()} ${this.#options.ports.paths.profileDir}`, hostname())]
          : [];
      case 'email':
        return target.to.map((mailbox) => one(mailbox.toLowerCase(), mailbox));
      case 'webhook':
        return [one(target.url, new URL(target.url).host)];
    }
  }

  async sender({ channelId, label }: Pick<Destination, 'channelId' | 'label'>): Promise<Send> {
    return this.#senderOf(await this.get(channelId), label, await this.#secret(channelId));
  }

  /** Sends a test to every address of a channel, as it is stored or as it stands in a form. Throws what came of it. */
  async test(channel: Channel, typedSecret: string | undefined): Promise<{ details: string[] }> {
    const secret = typedSecret ?? (await this.#storedSecretFor(channel));
    const { clock } = this.#options.ports;
    const message = testMessage(channel.label, clock.nowMs(), randomUUID());
    const labels = channel.target.kind === 'email' ? channel.target.to : [channel.label];
    const outcomes = await Promise.all(
      labels.map((label) => this.#senderOf(channel, label, secret)(message, new AbortController().signal)),
    );
    const failed = outcomes.find((outcome) => !outcome.ok);
    if (failed !== undefined && !failed.ok) throw failureOf(failed);
    return { details: outcomes.flatMap((outcome) => (outcome.ok ? [outcome.detail] : [])) };
  }

  /** The secret of a stored channel, as long as the form still has the address that it belongs to. */
  async #storedSecretFor(channel: Channel): Promise<string | null> {
    const stored = (await this.list()).find(({ channelId }) => channelId === channel.channelId);
    if (stored === undefined || otherAddress(stored.target, channel.target)) return null;
    return this.#secret(channel.channelId);
  }

  #senderOf(channel: Channel, label: string, secret: string | null): Send {
    const { target } = channel;
    switch (target.kind) {
      case 'desktop':
        return async (message) => this.#options.notices.show(message);
      case 'email':
        return target.user !== null && secret === null ? noSecret(channel) : emailSender(target, label, secret);
      case 'webhook':
        return secret === null ? noSecret(channel) : webhookSender(target, secret);
    }
  }

  #secret(channelId: string): Promise<string | null> {
    return this.#options.ports.secrets.get(secretKey(channelId));
  }

  async #state(channel: Channel): Promise<ChannelState> {
    const hasSecret = (await this.#secret(channel.channelId)) !== null;
    const quiet = channel.quiet === null ? null : quietUntilMs(channel.quiet, this.#options.ports.clock.nowMs());
    return {
      ...channel,
      hasSecret,
      quietUntilMs: quiet,
      problem: problemOf(channel, hasSecret),
    };
  }
}

const needsSecret = ({ target }: Channel): boolean =>
  target.kind === 'webhook' || (target.kind === 'email' && target.user !== null);

/** A channel that was made when it could still be: it says what is wrong, and goes on saying so. */
function problemOf(channel: Channel, hasSecret: boolean): string | null {
  const { target } = channel;
  if (target.kind === 'webhook' && isReadable(new URL(target.url))) return inTheClear(target);
  return needsSecret(channel) && !hasSecret ? missingSecret(channel) : null;
}

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 24);

const missingSecret = ({ label, target }: Channel): string => {
  const what = target.kind === 'email' ? 'password' : 'key';
  return `The ${what} of "${label}" is not at hand in this engine: it was never entered, or was kept in memory alone by one that has ended. Enter it again.`;
};

const noSecret =
  (channel: Channel): Send =>
  async () => ({ ok: false, problem: 'no_secret', error: missingSecret(channel) });

/** Whether a secret that was entered for one target would go to somebody else with the other. */
function otherAddress(before: ChannelTarget, after: ChannelTarget): boolean {
  if (before.kind === 'email' && after.kind === 'email') {
    const weaker = before.security !== 'none' && after.security === 'none';
    return before.host !== after.host || before.port !== after.port || before.user !== after.user || weaker;
  }
  if (before.kind === 'webhook' && after.kind === 'webhook')
    return new URL(before.url).origin !== new URL(after.url).origin;
  return before.kind !== after.kind;
}

function refuseUnsound(channel: Channel, before: Channel | null, known: readonly Channel[]): void {
  const { target, channelId, label } = channel;
  const refuse = (message: string): never => {
    throw new Failure({ code: 'invalid_input', message });
  };
  if (before !== null && before.target.kind !== target.kind)
    refuse('A channel stays what it is: make another one instead.');
  if (target.kind === 'desktop' && channelId !== desktopChannelId)
    refuse('There is one channel for this machine already.');
  if (known.some((other) => other.channelId !== channelId && other.label === label)) {
    refuse(`Another channel is called ${JSON.stringify(label)} already. Choose another name.`);
  }
  if (target.kind === 'email' && target.security === 'none' && target.user !== null && !isLoopback(target.host)) {
    refuse(
      `The password of ${target.user} would travel to ${target.host} in the clear. Choose TLS or STARTTLS, or leave the user out.`,
    );
  }
  if (target.kind === 'webhook') {
    if (isReadable(new URL(target.url))) refuse(inTheClear(target));
    const { username, password } = new URL(target.url);
    if (username !== '' || password !== '')
      refuse('A password in the address of a webhook would be shown. Leave it out: messages are signed instead.');
  }
}

function failureOf({ problem, error }: Extract<SendOutcome, { ok: false }>): Failure {
  const codes = {
    unreachable: 'host_unreachable',
    timeout: 'host_unreachable',
    tls_failed: 'tls_failed',
    login_failed: 'login_failed',
    refused: 'server_error',
    server_error: 'server_error',
    redirected: 'server_error',
    no_secret: 'invalid_input',
    no_window: 'not_available',
  } as const;
  const retryable = problem === 'unreachable' || problem === 'timeout' || problem === 'server_error';
  return new Failure({ code: codes[problem], message: error, detail: { problem }, retryable });
}
