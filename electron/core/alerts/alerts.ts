import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Channel, ChannelDraft, ChannelState } from '../../../shared/model/alert-channel.ts';
import type { AlertStep } from '../../../shared/model/alert.ts';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import type { AlertList, WatchingState } from '../../../shared/model/alerts.ts';
import { Failure, isFailure } from '../../../shared/model/failure.ts';
import type { KnownServers } from '../connections/known-servers.ts';
import type { Events } from '../events.ts';
import type { History } from '../history/history.ts';
import type { Ports } from '../ports.ts';
import type { ReadSchedules } from '../read-model/registry/watch-facts.ts';
import { Channels } from './channels.ts';
import { Dispatcher } from './dispatcher.ts';
import { applySteps, booksOf, nowOn, watchedEpisodes, type Book, type Books } from './episode-book.ts';
import { EpisodeDesk, keptMs } from './episode-desk.ts';
import { Looks } from './looks.ts';
import { Notices } from './notices.ts';
import { reachOf, unreachableSteps, type Reach } from './unreachable.ts';
import { Watchdog } from './watchdog.ts';

interface Options {
  readonly ports: Ports;
  readonly history: History;
  readonly events: Events;
  readonly servers: Pick<KnownServers, 'list' | 'stored' | 'server' | 'serverOrNull' | 'isOpen'>;
  /** How schedules, runners and calendars are read; left out: no registry knows any. */
  readonly readSchedules?: ReadSchedules;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const watchEveryMs = minuteMs;
/** A message that waits for its next attempt waits no longer than this beyond it. */
const shortestPauseMs = 1_000;

const forgetEveryMs = 60 * minuteMs;
/** Who opens a trouble again looks this far back for the ids that it had. */
const knownMs = 14 * dayMs;

/**
 * Watches every server that is open, keeps its episodes, and tells them over the channels of this profile: one message when
 * an episode begins, one when it becomes more severe and one when it is over, whoever else watches the same server.
 */
export class Alerts {
  readonly channels: Channels;
  readonly notices: Notices;
  readonly desk: EpisodeDesk;
  readonly #options: Options;
  readonly #dispatcher: Dispatcher;
  readonly #watchdog: Watchdog;
  readonly #looks: Looks;
  readonly #forgotAtMs = new Map<string, number>();
  readonly #reach = new Map<string, { readonly reach: Reach; readonly sinceMs: number }>();
  /** One look at a server at a time. */
  readonly #looking = new Map<string, Promise<void>>();
  #stopping: AbortController | null = null;
  #loop: Promise<void> = Promise.resolve();
  /** Something came up while it was at work: no pause then. */
  #asked = false;
  #endPause: () => void = () => undefined;

  constructor(options: Options) {
    const { ports, history, events } = options;
    this.#options = options;
    this.#watchdog = new Watchdog(options.readSchedules ?? (async () => null));
    this.notices = new Notices(ports.notifier, () => this.#wake());
    this.channels = new Channels({ ports, history, notices: this.notices });
    this.#looks = new Looks(ports.clock);
    this.desk = new EpisodeDesk({
      ...options,
      destinations: () => this.channels.destinations(),
      looks: this.#looks,
      onOwed: () => this.#wake(),
    });
    this.#dispatcher = new Dispatcher({
      engineId: `${ports.actor} on ${hostname()} #${randomBytes(6).toString('hex')}`,
      sender: (destination) => this.channels.sender(destination),
      logger: ports.logger,
      onChange: (serverId) => events.publish('alerts', serverId),
    });
  }

  /** Watches and sends until `stop`. */
  start(): void {
    const { clock, logger } = this.#options.ports;
    const stopping = new AbortController();
    this.#stopping = stopping;
    this.#looks.round();
    this.#loop = (async () => {
      for (let watchedMs = -Infinity; !stopping.signal.aborted;) {
        const watching = clock.nowMs() - watchedMs >= watchEveryMs || clock.nowMs() < watchedMs;
        if (watching) watchedMs = clock.nowMs();
        this.#asked = false;
        const nextMs = await this.#round(watching, stopping.signal);
        const pauseMs = Math.min(watchedMs + watchEveryMs, nextMs ?? Infinity) - clock.nowMs();
        // Who set the clock back in the middle of a round has not made it later.
        await this.#pause(Math.min(watchEveryMs, Math.max(shortestPauseMs, pauseMs)), stopping.signal);
      }
    })().catch((error: unknown) => {
      if (!stopping.signal.aborted) logger.error({ err: error }, 'nothing is watched any more');
    });
  }

  async stop(): Promise<void> {
    this.#stopping?.abort(new Error('the engine stops'));
    await this.#dispatcher.stop();
    await this.#loop;
    await Promise.allSettled(this.#looking.values());
  }

  /** Throws `not_found`. */
  async watching(serverId: string): Promise<WatchingState> {
    await this.#options.servers.stored(serverId);
    return this.#looks.state(serverId);
  }

  /** Looks at every open server whose time has come, and sends what is due; resolves to when something is due next. */
  async #round(watching: boolean, signal: AbortSignal): Promise<number | null> {
    try {
      const servers = (await this.#options.servers.list()).filter(({ capture }) => capture === null);
      // Side by side: a server that answers slowly holds up nobody's messages.
      const times = await Promise.all(servers.map((server) => this.#roundOf(server, watching, signal)));
      if (watching) this.#looks.round();
      const due = times.filter((time) => time !== null);
      return due.length === 0 ? null : Math.min(...due);
    } catch (error) {
      // One answer of the store that fails must not be the last look.
      this.#looks.roundFailed(error);
      if (!signal.aborted) this.#options.ports.logger.error({ err: error }, 'a round of the watchdog failed');
      return null;
    }
  }

  async #roundOf(server: ServerSummary, watching: boolean, signal: AbortSignal): Promise<number | null> {
    const { serverId, settings } = server;
    const unlessStopped = (error: unknown): null => {
      if (!signal.aborted) this.#report(serverId, error);
      return null;
    };
    // What cannot be looked at owes messages all the same.
    if (watching) await this.#watch(server).catch(unlessStopped);
    return signal.aborted ? null : this.#dispatch(serverId, settings.label).catch(unlessStopped);
  }

  async #watch(server: ServerSummary): Promise<void> {
    await this.#watchReach(server);
    if (this.#options.servers.isOpen(server.serverId)) await this.#look(server.serverId);
    else this.#looks.outOfReach(server.serverId);
  }

  async #watchReach(server: ServerSummary): Promise<void> {
    const { history, ports, events } = this.#options;
    const { serverId, settings, notice } = server;
    const nowMs = ports.clock.nowMs();
    const before = this.#reach.get(serverId) ?? { reach: 'untried', sinceMs: nowMs };
    const reach = reachOf(server, before.reach);
    const now = reach === before.reach ? before : { reach, sinceMs: nowMs };
    this.#reach.set(serverId, now);
    const ledger = history.alerts.ledger(serverId);
    const { episodes } = await ledger.read(nowMs);
    const budgets = this.#watchdog.budgets(serverId);
    const steps = unreachableSteps({ label: settings.label, ...now, reason: notice, budgets }, episodes, nowMs);
    if (steps.open.length > 0) await ledger.open(steps.open);
    if (steps.close.length > 0) await ledger.close(steps.close);
    if (steps.open.length + steps.close.length > 0) events.publish('alerts', serverId);
  }

  #look(serverId: string): Promise<void> {
    const running = this.#looking.get(serverId);
    if (running !== undefined) return running;
    const tell = (isNews: boolean) => isNews && this.#options.events.publish('alerts', serverId);
    const look = this.#lookNow(serverId)
      .then(
        () => void tell(this.#looks.cameThrough(serverId)),
        (error: unknown) => {
          tell(this.#looks.failed(serverId, error));
          throw error;
        },
      )
      .finally(() => this.#looking.delete(serverId));
    this.#looking.set(serverId, look);
    return look;
  }

  async #lookNow(serverId: string): Promise<void> {
    const { servers, ports } = this.#options;
    const server = await servers.server(serverId);
    const { profile, registry } = await booksOf(this.#options, serverId, server);
    const book = registry ?? profile;
    const { episodes } = await book.ledger.read(nowOn(book, ports.clock));
    const steps = await this.#watchdog.look(server, watchedEpisodes(episodes));
    if (steps !== null) await this.#apply(serverId, book, steps);
    if (registry !== null) await this.#leaveToRegistry(serverId, profile);
    await this.#forget(serverId, registry === null ? [profile] : [registry, profile]);
  }

  async #apply(serverId: string, book: Book, steps: readonly AlertStep[]): Promise<void> {
    const nowMs = nowOn(book, this.#options.ports.clock);
    const { episodes } = await book.ledger.read(nowMs - knownMs);
    if (await applySteps(book, steps, episodes, nowMs)) this.#options.events.publish('alerts', serverId);
  }

  /** What this profile kept for itself, until there was a registry to write to, is not over: it goes on there. */
  async #leaveToRegistry(serverId: string, { ledger }: Book): Promise<void> {
    const { history, ports } = this.#options;
    const kept = watchedEpisodes((await ledger.read(ports.clock.nowMs())).episodes);
    if (kept.length > 0)
      await history.alerts.drop(
        serverId,
        kept.map(({ episodeId }) => episodeId),
      );
  }

  async #dispatch(serverId: string, label: string): Promise<number | null> {
    const { ports } = this.#options;
    const { profile, registry } = await this.#booksToSend(serverId);
    const destinations = await this.channels.destinations();
    let nextMs: number | null = null;
    for (const book of registry === null ? [profile] : [registry, profile]) {
      const nowMs = () => nowOn(book, ports.clock);
      const { ledger, keptIn, skewMs } = book;
      const dueMs = await this.#dispatcher.round({
        ledger,
        keptIn,
        skewMs,
        server: { serverId, label },
        destinations,
        nowMs,
      });
      if (dueMs !== null) nextMs = Math.min(nextMs ?? Infinity, dueMs - skewMs);
    }
    return nextMs;
  }

  /** What this profile keeps for itself is sent, whatever keeps the registry from being read. */
  async #booksToSend(serverId: string): Promise<Books> {
    const { servers } = this.#options;
    try {
      const open = servers.isOpen(serverId) ? await servers.server(serverId) : null;
      return await booksOf(this.#options, serverId, open);
    } catch (error) {
      this.#report(serverId, error);
      return booksOf(this.#options, serverId, null);
    }
  }

  async watchNow(serverId: string): Promise<AlertList> {
    const { label } = (await this.#options.servers.stored(serverId)).settings;
    await this.#options.servers.server(serverId);
    await this.#look(serverId);
    // An engine that lives for one call sends nothing: it would be gone before the answer.
    if (this.#stopping !== null) await this.#dispatch(serverId, label);
    return this.desk.list(serverId);
  }

  async saveChannel(draft: ChannelDraft, secret: string | null | undefined): Promise<ChannelState> {
    const saved = await this.channels.save(draft, secret);
    this.#options.events.publish('alerts');
    this.#wake();
    return saved;
  }

  async removeChannel(channelId: string, confirm: string): Promise<{ removed: boolean }> {
    const { label } = await this.channels.get(channelId);
    if (confirm !== label) {
      throw new Failure({
        code: 'invalid_input',
        message: `Removing the channel ${JSON.stringify(label)} needs exactly that name as confirmation.`,
      });
    }
    await this.channels.remove(channelId);
    this.#options.events.publish('alerts');
    return { removed: true };
  }

  async testChannel(channelId: string): Promise<{ details: string[] }> {
    return this.channels.test(await this.channels.get(channelId), undefined);
  }

  async testDraft(draft: ChannelDraft, secret: string | undefined): Promise<{ details: string[] }> {
    const channel: Channel = { ...draft, channelId: draft.channelId ?? '' };
    return this.channels.test(channel, secret);
  }

  async #forget(serverId: string, books: readonly Book[]): Promise<void> {
    const nowMs = this.#options.ports.clock.nowMs();
    if (nowMs - (this.#forgotAtMs.get(serverId) ?? -Infinity) < forgetEveryMs) return;
    this.#forgotAtMs.set(serverId, nowMs);
    for (const { ledger, skewMs } of books) await ledger.forget(nowMs + skewMs - keptMs);
  }

  #wake(): void {
    this.#asked = true;
    this.#endPause();
  }

  async #pause(delayMs: number, signal: AbortSignal): Promise<void> {
    if (this.#asked) return;
    const woken = new AbortController();
    this.#endPause = () => woken.abort(new Error('something to send'));
    try {
      await this.#options.ports.clock.sleep(delayMs, AbortSignal.any([signal, woken.signal]));
    } catch (error) {
      if (!signal.aborted && !woken.signal.aborted) throw error;
    }
  }

  #report(serverId: string, error: unknown): void {
    const { logger } = this.#options.ports;
    if (isFailure(error)) logger.warn({ serverId, code: error.value.code }, `not watched just now: ${error.message}`);
    else logger.error({ err: error, serverId }, 'a look of the watchdog failed');
  }
}
