import { toUs } from './moments.ts';
import type { Prepare } from './prepared.ts';
import { createRawReader } from './read-raw.ts';
import { rollupsWithin } from './read-rollups.ts';
import { encodeRollup, uncountedDeallocs } from './rollup-blob.ts';
import { considerableOf, rollUpHour, rollUpMinute, type RollupContent } from './roll-up.ts';

const minuteUs = 60_000_000;
const hourUs = 60 * minuteUs;
/** A minute without a snapshot after it (no statistics, or a server that stopped answering) is closed this late. */
const graceUs = 80_000_000;
/** Minutes of one command: some 50 ms, and samples go in between two commands. */
const minutesAtATime = 15;
/** Raw history is kept longer than this: a minute that is younger can be made again, an older one stays as it is. */
const rawSurelyKeptUs = 47 * hourUs;

export type RollupWriter = ReturnType<typeof createRollupWriter>;

/**
 * Minutes out of raw history and hours out of minutes. Both are derived, up to a moment that is stored with them in the
 * same transaction: an engine that was killed goes on from there. What arrives for a minute that is closed already (a
 * clock that was set back, a snapshot that was late) makes that minute and its hour anew.
 */
export function createRollupWriter(prepare: Prepare) {
  const raw = createRawReader(prepare, (serverKey, type) => backendStatement(prepare, serverKey, type));
  /** By server: minutes that end by then are rolled up. */
  const until = new Map<number, number>();
  const intervalsUntil = new Map<number, number>();
  /** By server: hours of which a minute was made again, and the minute of the last late sample. */
  const staleHours = new Map<number, Set<number>>();
  const lastLate = new Map<number, number>();

  const untilOf = (serverKey: number): number | null => {
    const known =
      until.get(serverKey) ??
      prepare<{ at: number }>('select minutes_until_us as at from rolled_up where server_key = ?').get(serverKey)?.at;
    if (known !== undefined) until.set(serverKey, known);
    return known ?? null;
  };
  const setUntil = (serverKey: number, atUs: number): void => {
    prepare(
      `insert into rolled_up (server_key, minutes_until_us) values (?, ?)
       on conflict (server_key) do update set minutes_until_us = excluded.minutes_until_us`,
    ).run(serverKey, atUs);
    until.set(serverKey, atUs);
  };
  const intervalsUntilOf = (serverKey: number): number => {
    const known = intervalsUntil.get(serverKey) ?? raw.lastIntervalEnd(serverKey) ?? -Infinity;
    intervalsUntil.set(serverKey, known);
    return known;
  };

  const makeMinute = (serverKey: number, fromUs: number): void => {
    const intervals = raw.intervals(serverKey, fromUs, fromUs + minuteUs);
    const { within, next } = raw.samples(serverKey, fromUs, fromUs + minuteUs);
    if (intervals.length + within.length === 0) return;
    save(prepare, serverKey, 1, fromUs, rollUpMinute(fromUs, fromUs + minuteUs, intervals, within, next));
  };
  const makeHour = (serverKey: number, fromUs: number): void => {
    const minutes = rollupsWithin(prepare, serverKey, 'minute', fromUs, fromUs + hourUs);
    if (minutes.length === 0) return;
    const content = rollUpHour(minutes);
    save(prepare, serverKey, 60, fromUs, content);
    for (const statementId of considerableOf(content)) {
      prepare('update statement set mattered_hour = max(coalesce(mattered_hour, 0), ?) where statement_id = ?').run(
        fromUs / hourUs,
        statementId,
      );
    }
  };

  /** Closes what can be closed; true: there is more. */
  const advance = (serverKey: number, nowUs: number, most: number): boolean => {
    for (let made = 0; ; made += 1) {
      const doneUs = untilOf(serverKey) ?? 0;
      const first = raw.firstMoment(serverKey, doneUs);
      if (first === null) return false;
      const fromUs = Math.max(doneUs, floorTo(minuteUs, first));
      const endUs = fromUs + minuteUs;
      if (intervalsUntilOf(serverKey) < endUs && nowUs < endUs + graceUs) return false;
      if (made >= most) return true;
      makeMinute(serverKey, fromUs);
      setUntil(serverKey, endUs);
      // The hour that was begun is over, also when the time between was not sampled.
      const hour = floorTo(hourUs, doneUs);
      if (doneUs > hour && fromUs >= hour + hourUs) makeHour(serverKey, hour);
      if (endUs % hourUs === 0) makeHour(serverKey, endUs - hourUs);
    }
  };

  /** The minutes that [fromUs, toUs] touches, as far as they are closed already. */
  const makeAgain = (serverKey: number, fromUs: number, toUs: number): void => {
    const doneUs = untilOf(serverKey);
    if (doneUs === null || fromUs >= doneUs) return;
    const hours = staleHours.get(serverKey) ?? new Set<number>();
    staleHours.set(serverKey, hours);
    for (let atUs = floorTo(minuteUs, fromUs); atUs <= toUs && atUs < doneUs; atUs += minuteUs) {
      if (doneUs - atUs > rawSurelyKeptUs && isStored(prepare, serverKey, 1, atUs)) continue;
      makeMinute(serverKey, atUs);
      hours.add(floorTo(hourUs, atUs));
    }
  };
  /** An hour is read out of sixty minutes: once a minute is often enough while a clock that was set back catches up. */
  const makeStaleHours = (serverKey: number): void => {
    const hours = staleHours.get(serverKey);
    if (hours === undefined) return;
    staleHours.delete(serverKey);
    for (const hour of hours) if (hour + hourUs <= (untilOf(serverKey) ?? 0)) makeHour(serverKey, hour);
  };

  return {
    noteSample(serverKey: number, atMs: number): void {
      const atUs = toUs(atMs);
      makeAgain(serverKey, atUs, atUs);
      if (lastLate.get(serverKey) !== floorTo(minuteUs, atUs)) makeStaleHours(serverKey);
      lastLate.set(serverKey, floorTo(minuteUs, atUs));
      if (isDue(untilOf(serverKey), atUs)) advance(serverKey, atUs, minutesAtATime);
    },

    noteInterval(serverKey: number, fromMs: number, toMs: number): void {
      const toMoment = toUs(toMs);
      makeAgain(serverKey, toUs(fromMs), toMoment - 1);
      makeStaleHours(serverKey);
      intervalsUntil.set(serverKey, Math.max(intervalsUntilOf(serverKey), toMoment));
      if (isDue(untilOf(serverKey), toMoment)) advance(serverKey, toMoment, minutesAtATime);
    },

    /** Keeps what is there: it was made from raw history. */
    saveMissing(serverKey: number, minutes: 1 | 60, fromUs: number, content: RollupContent): void {
      if (!isStored(prepare, serverKey, minutes, fromUs)) save(prepare, serverKey, minutes, fromUs, content);
    },

    /** Rolls up what an earlier engine left; true: there is more. */
    rollUp(nowMs: number): boolean {
      return prepare<{ server_key: number }>('select server_key from server where removed = 0')
        .all()
        .some(({ server_key: serverKey }) => advance(serverKey, toUs(nowMs), minutesAtATime));
    },

    forget(): void {
      until.clear();
      intervalsUntil.clear();
      lastLate.clear();
      raw.forget();
    },
  };
}

const floorTo = (lengthUs: number, atUs: number): number => Math.floor(atUs / lengthUs) * lengthUs;

/** Eleven samples of twelve lie in the minute that is open: they need not look for anything. */
const isDue = (doneUs: number | null, atUs: number): boolean => doneUs === null || atUs >= doneUs + minuteUs;

function isStored(prepare: Prepare, serverKey: number, minutes: 1 | 60, fromUs: number): boolean {
  const stored = prepare('select 1 from rollup where server_key = ? and minutes = ? and from_us = ?');
  return stored.get(serverKey, minutes, fromUs) !== undefined;
}

function save(prepare: Prepare, serverKey: number, minutes: 1 | 60, fromUs: number, content: RollupContent): void {
  const { body, more } = encodeRollup(content);
  prepare(
    `insert into rollup (server_key, minutes, from_us, samples, deallocs, resets, coverage, idle_in_transaction_ms,
                         ended_idle_ms, lock_waits, on_cpu, body, more)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (server_key, minutes, from_us) do update set samples = excluded.samples,
       deallocs = excluded.deallocs, resets = excluded.resets, coverage = excluded.coverage,
       idle_in_transaction_ms = excluded.idle_in_transaction_ms, ended_idle_ms = excluded.ended_idle_ms,
       lock_waits = excluded.lock_waits, on_cpu = excluded.on_cpu, body = excluded.body,
       more = excluded.more`,
  ).run(
    serverKey,
    minutes,
    fromUs,
    content.samples,
    content.deallocs ?? uncountedDeallocs,
    content.resets,
    content.coverage,
    content.idleInTransactionMs,
    content.endedIdleMs,
    content.lockWaits,
    content.onCpu,
    body,
    more,
  );
}

/** A checkpointer or a walsender runs no statement; in rollups it has the id of one with the fingerprint `backend:<type>`. */
function backendStatement(prepare: Prepare, serverKey: number, type: string): number {
  const print = `backend:${type}`;
  const known = prepare<{ statement_id: number }>(
    'select statement_id from statement where server_key = ? and fingerprint = ? and queryid is null',
  ).get(serverKey, print);
  if (known !== undefined) return known.statement_id;
  const made = prepare<{ statement_id: number }>(
    `insert into statement (server_key, database_oid, role_oid, queryid, toplevel, normalized, fingerprint,
                            last_seen_hour)
     values (?, '', '', null, 1, 1, ?, 0) returning statement_id`,
  ).get(serverKey, print);
  if (made === undefined) throw new Error('an insert with "returning" gave no row');
  return made.statement_id;
}
