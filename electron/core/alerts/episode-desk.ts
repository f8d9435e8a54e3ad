import type { AlertList, ListedEpisode } from '../../../shared/model/alerts.ts';
import { Failure } from '../../../shared/model/failure.ts';
import type { KnownServers, OpenServer } from '../connections/known-servers.ts';
import type { Events } from '../events.ts';
import type { History } from '../history/history.ts';
import type { Ports } from '../ports.ts';
import { booksOf, nowOn, type Book } from './episode-book.ts';
import { inOrder, listEpisodes } from './list-alerts.ts';
import type { Looks } from './looks.ts';
import type { Destination } from './plan-deliveries.ts';

interface Options {
  readonly ports: Ports;
  readonly history: History;
  readonly events: Events;
  readonly servers: Pick<KnownServers, 'stored' | 'serverOrNull'>;
  readonly destinations: () => Promise<readonly Destination[]>;
  readonly looks: Pick<Looks, 'watchedAtMs' | 'problem'>;
  /** Something is to be sent at once. */
  readonly onOwed: () => void;
}

const dayMs = 24 * 3_600_000;
/** How long what is over stays. */
export const keptMs = 90 * dayMs;
const defaultDays = 7;

/** What people see of episodes and do about them. */
export class EpisodeDesk {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  async list(serverId: string, days = defaultDays): Promise<AlertList> {
    const { books, reason, why, older } = await this.#books(serverId);
    const listed: ListedEpisode[] = [];
    for (const book of books) listed.push(...(await this.#listed(serverId, book, days * dayMs)));
    const { looks } = this.#options;
    const unseen = reason === null ? null : `What the registry knows of alerts cannot be read: ${reason}`;
    const problem = looks.problem(serverId);
    const unwatched =
      problem === null || reason !== null || why?.includes(problem) === true
        ? null
        : `The last look found nothing out, and the next one comes within a minute: ${problem}`;
    return {
      ...inOrder(listed),
      watchedAtMs: looks.watchedAtMs(serverId),
      isUpToDate: looks.watchedAtMs(serverId) !== null && problem === null && reason === null,
      notes: [unseen, unwatched, why].flatMap((note) => note ?? []),
      registryIsOlder: older,
    };
  }

  /** Throws `not_found`. */
  async acknowledge(serverId: string, episodeId: string, acknowledged: boolean): Promise<ListedEpisode> {
    const { ports } = this.#options;
    return this.#change(serverId, episodeId, (book) =>
      book.ledger.acknowledge(episodeId, acknowledged ? { by: ports.actor, atMs: nowOn(book, ports.clock) } : null),
    );
  }

  /** Throws `not_found`, and `invalid_input` for a moment that is past and an episode that is over. */
  async snooze(serverId: string, episodeId: string, untilMs: number | null): Promise<ListedEpisode> {
    if (untilMs !== null && untilMs <= this.#options.ports.clock.nowMs()) {
      throw new Failure({ code: 'invalid_input', message: 'A snooze ends in the future. Name a later moment.' });
    }
    return this.#change(serverId, episodeId, (book, episode) => {
      if (episode.recoveredAtMs !== null) {
        throw new Failure({
          code: 'invalid_input',
          message: `${episode.subject} is over: there is nothing to snooze.`,
        });
      }
      return book.ledger.snooze(episodeId, untilMs === null ? null : untilMs + book.skewMs);
    });
  }

  /** Throws `not_found`. */
  async sendAgain(serverId: string, episodeId: string, deliveryId: string): Promise<ListedEpisode> {
    return this.#change(serverId, episodeId, async (book, { deliveries }) => {
      const delivery = deliveries.find((one) => one.deliveryId === deliveryId);
      if (delivery === undefined) throw notFound(`message ${JSON.stringify(deliveryId)} of that episode`);
      await book.ledger.revive([deliveryId], nowOn(book, this.#options.ports.clock));
      this.#options.onOwed();
    });
  }

  async #change(
    serverId: string,
    episodeId: string,
    work: (book: Book, episode: ListedEpisode) => Promise<void>,
  ): Promise<ListedEpisode> {
    const find = async (): Promise<{ book: Book; episode: ListedEpisode } | null> => {
      for (const book of (await this.#books(serverId)).books) {
        const listed = await this.#listed(serverId, book, keptMs);
        const episode = listed.find((one) => one.episodeId === episodeId);
        if (episode !== undefined) return { book, episode };
      }
      return null;
    };
    const found = await find();
    if (found === null) throw notFound(`episode ${JSON.stringify(episodeId)}`);
    await work(found.book, found.episode);
    this.#options.events.publish('alerts', serverId);
    return (await find())?.episode ?? found.episode;
  }

  async #listed(serverId: string, book: Book, backMs: number): Promise<ListedEpisode[]> {
    const nowMs = nowOn(book, this.#options.ports.clock);
    const state = await book.ledger.read(nowMs - backMs);
    return listEpisodes(serverId, book, state, await this.#options.destinations(), nowMs);
  }

  async #books(serverId: string) {
    const { server, reason } = await this.#serverOrNull(serverId);
    const { profile, registry, why, older } = await booksOf(this.#options, serverId, server);
    return { books: registry === null ? [profile] : [registry, profile], reason, why, older };
  }

  async #serverOrNull(serverId: string): Promise<{ server: OpenServer | null; reason: string | null }> {
    const { servers } = this.#options;
    if ((await servers.stored(serverId)).capture != null) return { server: null, reason: null };
    return servers.serverOrNull(serverId);
  }
}

const notFound = (what: string): Failure =>
  new Failure({ code: 'not_found', message: `There is no ${what}. \`alerts.list\` shows those that exist.` });
