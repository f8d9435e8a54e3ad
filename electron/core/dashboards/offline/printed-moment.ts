import { daysFromCivil } from '../../../../shared/format/civil-day.ts';

/** How PostgreSQL prints a timestamptz under DateStyle ISO, in whatever zone: '2026-10-25 02:30:00.5+01', with seconds in old offsets. */
const printed =
  /^(\d{4,6})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?( BC)?$/;

const secondUs = 1_000_000n;
/** Beyond every moment that PostgreSQL has. */
const infinityUs = 2n ** 80n;

/** Microseconds from 1970-01-01 00:00 UTC of a moment as it was printed; null for any other text. */
export function momentUs(cell: string): bigint | null {
  if (cell === 'infinity') return infinityUs;
  if (cell === '-infinity') return -infinityUs;
  const found = printed.exec(cell);
  if (found === null) return null;
  const [, year, month, day, hour, minute, second, fraction = '', sign, ...rest] = found;
  const [offsetHour, offsetMinute = '0', offsetSecond = '0', era] = rest;
  const offset = Number(offsetHour) * 3600 + Number(offsetMinute) * 60 + Number(offsetSecond);
  const days = daysFromCivil(era === undefined ? Number(year) : 1 - Number(year), Number(month), Number(day));
  const seconds =
    days * 86_400 + Number(hour) * 3600 + Number(minute) * 60 + Number(second) - (sign === '-' ? -offset : offset);
  return BigInt(seconds) * secondUs + BigInt(fraction.padEnd(6, '0'));
}

/** 'infinity' is not. */
export const isOnCalendar = (us: bigint): boolean => us !== infinityUs && us !== -infinityUs;

/** Midnight of 'yyyy-mm-dd' in UTC, microseconds. */
export function dayUs(day: string): bigint {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return BigInt(daysFromCivil(year, month, date) * 86_400) * secondUs;
}

/** Moments in their order; both have to be printed ones. */
export function compareMoments(a: string, b: string): number {
  const [left, right] = [momentUs(a), momentUs(b)];
  if (left === null || right === null) throw new Error(`${left === null ? a : b} is no moment`);
  return left < right ? -1 : left > right ? 1 : 0;
}
