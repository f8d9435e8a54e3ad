import { describe, expect, test } from 'vitest';
import {
  dueParcels,
  heldUntilMs,
  owedDeliveries,
  shownState,
} from '../../../../electron/core/alerts/plan-deliveries.ts';
import type { AlertSeverity } from '../../../../shared/model/alert-severity.ts';
import { delivery, hourMs, mailbox, minuteMs, seven, state, storedEpisode } from './some-alerts.ts';

const events = (owed: ReturnType<typeof owedDeliveries>) =>
  owed.map(({ event, destination }) => `${event} ${destination}`);
const nights = {
  from: '22:00',
  to: '09:00',
  timeZone: 'Europe/Berlin',
  weekdays: [1, 2, 3, 4, 5, 6, 7],
  exceptFrom: 'critical' as const,
};

describe('what is owed', () => {
  test('every address is told once that an episode began', () => {
    const episode = storedEpisode();
    const boss = mailbox({ key: 'email:boss', label: 'boss@example.com' });
    const owed = owedDeliveries(state([episode]), [mailbox(), boss], seven);
    expect(events(owed)).toEqual(['opened dba@example.com', 'opened boss@example.com']);
    const told = state([episode], [delivery(episode)]);
    expect(events(owedDeliveries(told, [mailbox(), boss], seven))).toEqual(['opened boss@example.com']);
  });

  test('that it is over is told to those who were told while it went on, and once', () => {
    const episode = storedEpisode({ recoveredAtMs: seven + hourMs });
    const told = delivery(episode, { state: 'sent', toldAtMs: seven + minuteMs });
    const owed = owedDeliveries(state([episode], [told]), [mailbox()], seven + hourMs);
    expect(events(owed)).toEqual(['recovered dba@example.com']);
    const planned = owed.map((one) => delivery(episode, one));
    expect(owedDeliveries(state([episode], [told, ...planned]), [mailbox()], seven + 2 * hourMs)).toEqual([]);
  });

  test('a message that went out after the end has told of the end already', () => {
    const episode = storedEpisode({ recoveredAtMs: seven + hourMs });
    const told = delivery(episode, { state: 'sent', toldAtMs: seven + 2 * hourMs });
    expect(owedDeliveries(state([episode], [told]), [mailbox()], seven + 3 * hourMs)).toEqual([]);
  });

  test('an address that was added after the end is not told of it', () => {
    const episode = storedEpisode({ recoveredAtMs: seven + hourMs });
    expect(owedDeliveries(state([episode]), [mailbox()], seven + 2 * hourMs)).toEqual([]);
  });

  test('a snooze that ends in vain is told once, and a second one once more', () => {
    const told = (episode: ReturnType<typeof storedEpisode>) => delivery(episode, { state: 'sent', toldAtMs: seven });
    const first = storedEpisode({ snoozedUntilMs: seven + hourMs, snoozes: 1 });
    expect(owedDeliveries(state([first], [told(first)]), [mailbox()], seven + minuteMs)).toEqual([]);
    const owed = owedDeliveries(state([first], [told(first)]), [mailbox()], seven + hourMs);
    expect(events(owed)).toEqual(['reminder dba@example.com']);
    const reminded = [told(first), ...owed.map((one) => delivery(first, { ...one, state: 'sent' }))];
    expect(owedDeliveries(state([first], reminded), [mailbox()], seven + hourMs)).toEqual([]);
    const second = { ...first, snoozedUntilMs: seven + 2 * hourMs, snoozes: 2 };
    expect(events(owedDeliveries(state([second], reminded), [mailbox()], seven + 2 * hourMs))).toEqual([
      'reminder dba@example.com',
    ]);
  });
});

describe('what is due', () => {
  test('the quiet hours hold a warning back and let a critical one through', () => {
    const warning = storedEpisode();
    const critical = storedEpisode({ episodeId: 'stopped sales 1', kind: 'stopped', severity: 'critical' });
    const both = state([warning, critical], [delivery(warning), delivery(critical, { deliveryId: 'stopped' })]);
    const quiet = mailbox({ quiet: nights });
    const subjects = (nowMs: number) =>
      dueParcels(both, [quiet], nowMs).map(({ items }) => items.map(({ episode }) => episode.kind));
    expect(subjects(seven)).toEqual([['stopped']]);
    expect(subjects(seven + 2 * hourMs)).toEqual([['late', 'stopped']]);
    expect(shownState(delivery(warning), warning, nights, seven)).toEqual({
      state: 'held',
      nextAttemptAtMs: seven + 2 * hourMs,
    });
  });

  test('what was held back goes out as one message', () => {
    const episodes = ['a', 'b', 'c'].map((subject) => storedEpisode({ subject, episodeId: `late ${subject}` }));
    const waiting = episodes.map((episode) => delivery(episode, { deliveryId: `${episode.episodeId}/opened` }));
    const parcels = dueParcels(state(episodes, waiting), [mailbox({ quiet: nights })], seven + 2 * hourMs);
    expect(parcels.map(({ items }) => items.length)).toEqual([3]);
  });

  test('a snoozed episode is quiet until the snooze ends, or until it is over', () => {
    const snoozed = storedEpisode({ snoozedUntilMs: seven + hourMs });
    expect(dueParcels(state([snoozed], [delivery(snoozed)]), [mailbox()], seven)).toEqual([]);
    const over = { ...snoozed, recoveredAtMs: seven };
    expect(dueParcels(state([over], [delivery(over)]), [mailbox()], seven)).toHaveLength(1);
  });

  test('what somebody took and did not end is due when their time is over', () => {
    const episode = storedEpisode();
    const taken = delivery(episode, { state: 'sending', nextAttemptAtMs: seven + minuteMs });
    expect(dueParcels(state([episode], [taken]), [mailbox()], seven)).toEqual([]);
    expect(dueParcels(state([episode], [taken]), [mailbox()], seven + minuteMs)).toHaveLength(1);
  });

  test('what this engine lacks the secret for is written down, and left to one that has it', () => {
    const episode = storedEpisode();
    const locked = mailbox({ ready: false });
    expect(owedDeliveries(state([episode]), [locked], seven)).toHaveLength(1);
    expect(dueParcels(state([episode], [delivery(episode)]), [locked], seven)).toEqual([]);
  });

  test('addresses of other engines are left to them', () => {
    const episode = storedEpisode();
    const theirs = delivery(episode, { destinationKey: 'email:other' });
    expect(dueParcels(state([episode], [theirs]), [mailbox()], seven)).toEqual([]);
  });
});

describe('quiet hours', () => {
  const quiet = { ...nights, to: '07:00' };
  const at = (iso: string) => Date.parse(iso);
  const held = (of: typeof quiet | null, severity: AlertSeverity, nowMs: number) =>
    heldUntilMs(storedEpisode({ severity }), of, nowMs);

  test('hold a message back until they end, over midnight', () => {
    expect(held(quiet, 'warning', at('2026-11-20T23:00:00+01:00'))).toBe(at('2026-11-21T07:00:00+01:00'));
    expect(held(quiet, 'warning', at('2026-11-21T06:59:00+01:00'))).toBe(at('2026-11-21T07:00:00+01:00'));
    expect(held(quiet, 'warning', at('2026-11-21T07:00:00+01:00'))).toBeNull();
    expect(held(null, 'warning', 0)).toBeNull();
  });

  test('let through what cannot wait', () => {
    const late = at('2026-11-20T23:00:00+01:00');
    expect(held(quiet, 'critical', late)).toBeNull();
    expect(heldUntilMs(storedEpisode({ severity: 'critical' }), { ...quiet, exceptFrom: null }, late)).not.toBeNull();
  });

  test('end by the wall clock in the night that has 25 hours', () => {
    expect(held(quiet, 'info', at('2026-10-24T22:30:00+02:00'))).toBe(at('2026-10-25T07:00:00+01:00'));
  });
});
