import { twoDigits, zonedTime } from '../../../../shared/format/zoned-time.ts';

/** A file system takes 255 bytes for the whole name; a letter may have four. */
const mostLetters = 80;
const mostBytes = 200;

/**
 * 'monthly-sales-2026-11-20-0730.png': what it is and how old, on the reader's clock, in characters that every file
 * system takes. `atMs` null: the age is not known.
 */
export function exportFileName(title: string, atMs: number | null, timeZone: string, extension: string): string {
  const name = title
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  return `${[shortened(name) || 'export', ...(atMs === null ? [] : [stamp(atMs, timeZone)])].join('-')}.${extension}`;
}

function stamp(atMs: number, timeZone: string): string {
  const { year, month, day, hour, minute } = zonedTime(atMs, timeZone);
  return `${year}-${twoDigits(month)}-${twoDigits(day)}-${twoDigits(hour)}${twoDigits(minute)}`;
}

/** Cut between letters. */
function shortened(name: string): string {
  const letters = [...name].slice(0, mostLetters);
  while (Buffer.byteLength(letters.join('')) > mostBytes) letters.pop();
  return letters.join('');
}
