import { create } from 'zustand';
import { readerLocale } from '../../shared/format/reader-clock.ts';

/** The reader's own clock: this machine's time, and in which zone and by which customs it is told. */
export interface ReaderTime {
  /** This machine's clock, ms. */
  readonly nowMs: number;
  readonly timeZone: string;
  /** For `Intl`, of Daybreak's English in the customs of the reader's region. */
  readonly locale: string;
}

/** Short enough that a label is never a glance behind midnight or its budget. */
const everyMs = 5_000;

let customs = { language: navigator.language, locale: readerLocale(navigator.language) };

function look(): ReaderTime {
  const { language } = navigator;
  if (language !== customs.language) customs = { language, locale: readerLocale(language) };
  return {
    nowMs: Date.now(),
    // Asked for each time: a laptop that crosses a border changes it under an open window.
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    locale: customs.locale,
  };
}

/**
 * One look at the clock for all labels of the window. Choose what you show in the selector: then only the labels whose
 * words change are drawn anew.
 */
export const useReaderTime = create<ReaderTime>(look);

function tick(): void {
  if (!document.hidden) useReaderTime.setState(look());
}

/** Begins to look; once per window. A window that was hidden or asleep looks as soon as it is seen again. */
export function followReaderTime(): void {
  setInterval(tick, everyMs);
  document.addEventListener('visibilitychange', tick);
  window.addEventListener('focus', tick);
  window.addEventListener('languagechange', tick);
}
