import type { Judged } from './judge.ts';

/** One line a run, while it is running. */
export function runLine(judged: Judged): string {
  const { scenario, seed, first, conclusion, share, trueShare, predicted, truth } = judged;
  const who = first === null ? 'nobody' : `${first.grade} ${first.class} ${first.evidence.join(', ')}`;
  const parts = [
    `${scenario.padEnd(3)} seed ${seed}`,
    judged.asDemanded ? 'right' : `SHORT: ${judged.shortOf.join('; ')}`,
    `${conclusion} (${who})`,
    `share ${ratio(share)} of true ${ratio(trueShare)}`,
    `without it ${ms(predicted.predictedMs)}, measured ${ms(predicted.measuredMs)}, incident ${ms(predicted.incidentMs)}`,
    `clients ${ms(truth.quietMeanMs)} > ${ms(truth.incidentMeanMs)} > ${ms(truth.pairedMeanMs)}`,
    `load average ${judged.loadAverage.toFixed(1)}, others used ${ratio(judged.othersCores)} cores`,
  ];
  return parts.join(' | ');
}

/** One row a scenario; `variant` follows its name. */
export function scenarioTable(all: readonly Judged[], variant = ''): string {
  const rows = [...Map.groupBy(all, ({ scenario }) => scenario)].map(([scenario, runs]) => {
    const count = (is: (run: Judged) => boolean) => `${runs.filter(is).length}/${runs.length}`;
    const naive = (of: keyof NonNullable<Judged['naive']>) =>
      runs.every((run) => run.naive === null) ? '-' : count((run) => run.naive?.[of] === true);
    return [
      `${scenario}${variant}`,
      runs.every(({ top1 }) => top1 === null) ? '-' : count(({ top1 }) => top1 === true),
      count(({ asDemanded }) => asDemanded),
      count(({ falselyAccused }) => falselyAccused.length > 0),
      mostly(runs.map(({ first }) => first?.grade ?? 'none')),
      mostly(runs.map(({ conclusion }) => conclusion)),
      ratio(median(runs.map(({ share }) => share))),
      ratio(median(runs.flatMap(({ trueShare }) => trueShare ?? []))),
      ratio(median(runs.flatMap(({ shareError }) => shareError ?? []))),
      ms(median(runs.flatMap(({ predicted }) => predicted.predictedMs ?? []))),
      ms(median(runs.flatMap(({ predicted }) => predicted.measuredMs ?? []))),
      ratio(median(runs.flatMap(({ predicted }) => predicted.error ?? []))),
      naive('totalTime'),
      naive('overlap'),
      naive('pearson'),
      mostly(runs.flatMap(({ first }) => first?.evidence.map((text) => text.split(' ')[0] ?? '').join('+') ?? [])),
    ];
  });
  const head = [
    ['', 'top-1', 'demanded', 'false', 'grade', 'conclusion', 'share', 'true', 'error'],
    ['if gone', 'measured', 'error', 'time', 'overlap', 'pearson', 'evidence'],
  ].flat();
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? null) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

function mostly(values: readonly string[]): string {
  const counted = [...Map.groupBy(values, (value) => value)].toSorted(([, a], [, b]) => b.length - a.length);
  return counted[0]?.[0] ?? '-';
}

const ratio = (value: number | null): string => (value === null ? '-' : value.toFixed(2));
const ms = (value: number | null): string => (value === null ? '-' : `${value.toFixed(value < 10 ? 2 : 1)} ms`);
