import { useReaderTime } from './reader-time.ts';

/**
 * The reader's own time zone now: labels speak the reader's clock, the exact form on hover names the zone. Everything on
 * the screen is drawn anew when it changes; what is kept between two renderings depends on `useLocalTimeZone`.
 */
export const localTimeZone = (): string => useReaderTime.getState().timeZone;

export const useLocalTimeZone = (): string => useReaderTime(({ timeZone }) => timeZone);
