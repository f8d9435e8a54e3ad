import type { AlertEpisode, AlertStep } from '../../../shared/model/alert.ts';
import type { Episode, KeptIn } from '../../../shared/model/alert-episode.ts';
import type { History } from '../history/history.ts';
import { findRegistryLedger } from '../read-model/registry/alert-ledger.ts';
import type { OpenServer } from '../connections/known-servers.ts';
import type { Clock, Ports } from '../ports.ts';
import type { AlertLedger, StoredEpisode } from './ledger.ts';

/** A ledger with what has to be known to use it. */
export interface Book {
  readonly keptIn: KeptIn;
  readonly ledger: AlertLedger;
  /** How far its clock is ahead of this machine's, ms. */
  readonly skewMs: number;
}

/** That an episode goes on is written down this often: nobody reads it by the second. */
const seenEveryMs = 5 * 60_000;

/** Answers that are slower are rare, and clocks that are nearer do no harm. */
const clockWasSetMs = 5_000;

export interface Books {
  readonly profile: Book;
  readonly registry: Book | null;
  /** Why there is no ledger in the registry; null: there is, or nobody could look. */
  readonly why: string | null;
  /** The registry is of a step that knows no alerts. */
  readonly older: boolean;
}

/** The ledgers of a server: the profile's always, the registry's where it is open and may be written. */
export async function booksOf(
  { history, ports }: { readonly history: History; readonly ports: Pick<Ports, 'clock'> },
  serverId: string,
  server: OpenServer | null,
): Promise<Books> {
  const profile: Book = { keptIn: 'profile', ledger: history.alerts.ledger(serverId), skewMs: 0 };
  if (server === null) return { profile, registry: null, why: null, older: false };
  const { ledger, why, older, nowMs } = await findRegistryLedger(server);
  const registry: Book | null =
    ledger === null ? null : { keptIn: 'registry', ledger, skewMs: skewNow(server, nowMs - ports.clock.nowMs()) };
  return { profile, registry, why, older };
}

/** What was measured with care, until somebody set one of the clocks; `seenMs` counts the way of the answer, too. */
const skewNow = ({ facts: { clockSkewMs } }: OpenServer, seenMs: number): number =>
  Math.abs(seenMs - clockSkewMs) < clockWasSetMs ? clockSkewMs : seenMs;

/** The moment on a ledger's clock. */
export const nowOn = (book: Book, clock: Clock): number => clock.nowMs() + book.skewMs;

/**
 * Writes down what a look found. Resolves to whether an episode began, became more severe or ended here. The same trouble that comes back
 * after it was over is another episode, with an id that says how often.
 */
export async function applySteps(
  { ledger }: Book,
  steps: readonly AlertStep[],
  known: readonly StoredEpisode[],
  nowMs: number,
): Promise<boolean> {
  const ids = new Set(known.map(({ episodeId }) => episodeId));
  const begun = steps.filter(({ step }) => step === 'open').map(({ episode }) => again(episode, ids));
  const seen = known.filter(
    ({ episodeId, seenAtMs }) =>
      nowMs - seenAtMs >= seenEveryMs &&
      steps.some((one) => one.step === 'still' && one.episode.episodeId === episodeId),
  );
  const ended = steps.flatMap(({ step, episode: { episodeId, recoveredAtMs, recoveredText } }) =>
    step === 'recovered' ? [{ episodeId, recoveredAtMs: recoveredAtMs ?? nowMs, recoveredText }] : [],
  );
  const worse = steps.flatMap(({ step, episode: { episodeId, severity, text } }) =>
    step === 'raised' ? [{ episodeId, severity, text }] : [],
  );
  const opened = begun.length === 0 ? [] : await ledger.open(begun);
  const raised = worse.length === 0 ? [] : await ledger.raise(worse, nowMs);
  if (seen.length > 0)
    await ledger.seen(
      seen.map(({ episodeId }) => episodeId),
      nowMs,
    );
  if (ended.length > 0) await ledger.close(ended);
  return opened.length + raised.length + ended.length > 0;
}

function again(episode: AlertEpisode, ids: ReadonlySet<string>): AlertEpisode {
  let episodeId = episode.episodeId;
  for (let times = 2; ids.has(episodeId); times += 1) episodeId = `${episode.episodeId} (${times})`;
  return { ...episode, episodeId };
}

/** On this machine's clock. */
export const shownEpisode = (episode: StoredEpisode, skewMs: number): Episode => {
  const here = (atMs: number | null): number | null => (atMs === null ? null : atMs - skewMs);
  return {
    ...episode,
    openedAtMs: episode.openedAtMs - skewMs,
    seenAtMs: episode.seenAtMs - skewMs,
    recoveredAtMs: here(episode.recoveredAtMs),
    snoozedUntilMs: here(episode.snoozedUntilMs),
    acknowledged:
      episode.acknowledged === null ? null : { ...episode.acknowledged, atMs: episode.acknowledged.atMs - skewMs },
  };
};

/** Of the watchdog: what an engine finds that cannot look is its own affair. */
export const watchedEpisodes = (episodes: readonly StoredEpisode[]): AlertEpisode[] =>
  episodes.flatMap(({ kind, ...episode }) =>
    kind === 'server_unreachable' || episode.recoveredAtMs !== null ? [] : [{ ...episode, kind }],
  );
