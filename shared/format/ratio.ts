import { defaultLocale, fixed } from './number-formats.ts';

/** How much more: "1.6 times", "13 times", "1,900 times". */
export function formatTimes(ratio: number, locale: string = defaultLocale): string {
  if (!Number.isFinite(ratio)) return '–';
  return `${fixed(ratio, Math.abs(ratio) < 9.95 ? 1 : 0, locale)} times`;
}

/**
 * A share (0..1) as "71 %". Whole percents, except where rounding would claim nothing ("0.4 %", "< 0.1 %") or
 * everything ("> 99 %"): an unexplained share of 0.4 % is not none.
 */
export function formatPercent(share: number, locale: string = defaultLocale): string {
  if (!Number.isFinite(share)) return '–';
  if (share < 0) return `-${formatPercent(-share, locale)}`;
  const percent = share * 100;
  if (percent === 0) return '0 %';
  if (percent < 0.05) return `< ${fixed(0.1, 1, locale)} %`;
  if (percent < 0.95) return `${fixed(percent, 1, locale)} %`;
  if (percent > 99 && percent < 100 && Math.round(percent) === 100) return '> 99 %';
  return `${fixed(percent, 0, locale)} %`;
}

/** An interval of shares: "58–79 %". */
export function formatPercentRange(range: readonly [number, number], locale: string = defaultLocale): string {
  const [low, high] = range.map((share) => fixed(share * 100, 0, locale));
  return low === high ? `${low} %` : `${low}–${high} %`;
}
