import type { LiveComparison } from '../model/live-comparison.ts';
import type { Widget } from '../model/dashboard.ts';
import { formatCell } from './cell.ts';
import { formatCounted } from './count.ts';
import { parseDecimal } from './decimal.ts';
import { asOfText } from './as-of-text.ts';
import { defaultLocale } from './number-formats.ts';
import { formatClock } from './zoned-time.ts';

/** How long in words: "34 minutes", "1 hour 5 minutes", "2 days 3 hours". */
export function ageWords(ageMs: number, locale: string = defaultLocale): string {
  const minutes = Math.round(ageMs / 60_000);
  if (minutes < 1) return formatCounted(Math.round(ageMs / 1000), 'second', undefined, locale);
  if (minutes < 60) return formatCounted(minutes, 'minute', undefined, locale);
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return withRest(formatCounted(hours, 'hour', undefined, locale), minutes % 60, 'minute', locale);
  return withRest(formatCounted(Math.floor(hours / 24), 'day', undefined, locale), hours % 24, 'hour', locale);
}

const withRest = (head: string, rest: number, unit: string, locale: string): string =>
  rest === 0 ? head : `${head} ${formatCounted(rest, unit, undefined, locale)}`;

/**
 * What a comparison shows, in sentences. Age alone is named as the reason only where a proof stands behind the read
 * model's query and both were asked with the same filters; otherwise the two ages are said, and no more.
 */
export function comparisonText(
  comparison: LiveComparison,
  widget: Pick<Widget, 'formats' | 'currency'>,
  nowMs: number,
  timeZone: string,
  locale: string = defaultLocale,
): string[] {
  const { model, live, ageMs, differingRows, equalRows, totals, proven } = comparison;
  const liveClock = formatClock(Date.parse(live.asOf), timeZone);
  const all = formatCounted(differingRows + equalRows, 'row', undefined, locale);
  if (model.asOf === null || ageMs === null) {
    const same = differingRows === 0 ? 'Both show the same' : `${differing(differingRows, locale)} of ${all} differ`;
    return [`${same}. How old the read model’s number is, is not known, so its age explains nothing.`];
  }
  const modelAge = asOfText(Date.parse(model.asOf), nowMs, timeZone, locale);
  const ages = `The read model is ${modelAge}, live was read at ${liveClock}: ${ageWords(ageMs, locale)} apart.`;
  if (differingRows === 0) return [`Both show the same: ${all}.`, ages];
  const sentences: string[] = [];
  const since = `in the ${ageWords(ageMs, locale)} since ${formatClock(Date.parse(model.asOf), timeZone)}`;
  for (const { column, difference } of totals) {
    const value = parseDecimal(difference);
    if (value === null || value.units === 0n) continue;
    const less = value.units < 0n;
    const amount = formatCell(
      less ? difference.replace('-', '') : difference,
      formatOf(widget, column),
      widget.currency,
      locale,
    );
    const title = column.replaceAll('_', ' ');
    const what =
      widget.formats[column] === 'money'
        ? `${amount} ${less ? 'less' : 'more'} ${title}`
        : `${amount} ${title} ${less ? 'fewer' : 'more'}`;
    sentences.push(proven ? `${what} ${since}.` : `Live shows ${what}.`);
  }
  if (sentences.length === 0) sentences.push(`${differing(differingRows, locale)} of ${all} differ.`);
  sentences.push(ages);
  if (!proven) {
    sentences.push('Nothing proves that both queries answer the same, so age need not be the only reason.');
  }
  return sentences;
}

const differing = (count: number, locale: string): string => formatCounted(count, 'row', undefined, locale);

const formatOf = ({ formats }: Pick<Widget, 'formats'>, column: string) => formats[column] ?? 'decimal';
