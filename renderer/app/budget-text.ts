import type { Budget } from '../../shared/model/freshness.ts';

/** A freshness budget in words: 'live', '30 min', '2 h', '1 d', 'nightly, 04:00 Europe/Berlin'; '–' when nobody set one. */
export function budgetText(budget: Budget | null): string {
  if (budget === null) return '–';
  if (budget === 'live') return 'live';
  if ('nightly' in budget) return `nightly, ${budget.nightly.at} ${budget.nightly.timeZone}`;
  const { minutes } = budget;
  if (minutes % 1440 === 0) return `${minutes / 1440} d`;
  if (minutes % 60 === 0) return `${minutes / 60} h`;
  return `${minutes} min`;
}
