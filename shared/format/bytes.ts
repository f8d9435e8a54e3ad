import { defaultLocale, fixed } from './number-formats.ts';

const units = ['kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** "812 bytes", "1.5 kB", "94 MB", "1.2 GB": steps of 1,024 under the names that PostgreSQL uses for them. */
export function formatBytes(sizeBytes: number, locale: string = defaultLocale): string {
  if (!Number.isFinite(sizeBytes)) return '–';
  if (sizeBytes < 0) return `-${formatBytes(-sizeBytes, locale)}`;
  const whole = Math.round(sizeBytes);
  if (whole === 1) return '1 byte';
  if (whole < 1024) return `${whole} bytes`;
  let value = whole;
  let unit: (typeof units)[number] = 'kB';
  for (const next of units) {
    value /= 1024;
    unit = next;
    if (Math.round(value) < 1024) break;
  }
  return `${fixed(value, value < 9.95 ? 1 : 0, locale)} ${unit}`;
}

/** Blocks of pg_stat_statements as bytes; `blockBytes` is the server's block_size, 8,192 unless it was built otherwise. */
export function formatBlocks(blocks: number, blockBytes = 8192, locale: string = defaultLocale): string {
  return formatBytes(blocks * blockBytes, locale);
}
