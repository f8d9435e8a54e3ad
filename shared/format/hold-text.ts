import { assertNever } from '../model/assert-never.ts';
import { holdsAt } from '../model/ageing.ts';
import type { Freshness, FreshnessHold } from '../model/freshness.ts';
import { defaultLocale } from './number-formats.ts';
import { frozenText, momentText, windowSinceText, windowText } from './skip-calendar-text.ts';

/** "frozen for Month-end since 7:00 this morning": for the label itself. null: nothing freezes it now. */
export function frozenLabel(
  holds: readonly FreshnessHold[],
  nowMs: number,
  timeZone: string,
  locale: string = defaultLocale,
): string | null {
  const frozen = holdsAt(holds, nowMs).find((hold) => hold.kind === 'frozen');
  return frozen === undefined ? null : `frozen for ${windowSinceText(frozen.window, nowMs, timeZone, locale)}`;
}

/**
 * All that holds a number's read model, for hovering and for screen readers: "frozen for Month-end since 7:00 this
 * morning, until 20:00 today · its schedule is paused since yesterday 18:00". `nowMs` is the server's clock. null: nothing.
 */
export function holdsText(
  { holds = [], source }: Freshness,
  nowMs: number,
  timeZone: string,
  locale: string = defaultLocale,
): string | null {
  const now = holdsAt(holds, nowMs);
  if (now.length === 0) return null;
  const text = now.map((hold) => holdText(hold, nowMs, timeZone, locale)).join(' · ');
  return source === 'cache' ? `as last known: ${text}` : text;
}

function holdText(hold: FreshnessHold, nowMs: number, timeZone: string, locale: string): string {
  switch (hold.kind) {
    case 'frozen':
      return frozenText(hold.window, nowMs, timeZone, locale);
    case 'no_swap':
      return `kept at its version for ${windowText(hold.window, nowMs, timeZone, locale)}`;
    case 'paused':
      return `its schedule is paused since ${momentText(hold.sinceMs, nowMs, timeZone, locale)}`;
    case 'stopped':
      return `its schedule stopped after an error, ${momentText(hold.sinceMs, nowMs, timeZone, locale)}`;
    default:
      return assertNever(hold);
  }
}

/** The same where nobody knows the reader's day: each moment comes out of `moment`. */
export function holdInFull(hold: FreshnessHold, moment: (atMs: number) => string): string {
  switch (hold.kind) {
    case 'frozen':
    case 'no_swap': {
      const { calendar, fromMs, toMs } = hold.window;
      const what = hold.kind === 'frozen' ? 'frozen' : 'kept at its version';
      return `${what} for ${calendar} since ${moment(fromMs)}, until ${moment(toMs)}`;
    }
    case 'paused':
      return `its schedule paused since ${moment(hold.sinceMs)}`;
    case 'stopped':
      return `its schedule stopped after an error, ${moment(hold.sinceMs)}`;
    default:
      return assertNever(hold);
  }
}
