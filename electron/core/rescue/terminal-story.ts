import { styleText } from 'node:util';
import { formatCount } from '../../../shared/format/count.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { formatPercent, formatTimes } from '../../../shared/format/ratio.ts';
import type { Verdict } from '../../../shared/model/diagnosis.ts';
import { findingTitle, phaseNames, type PhaseName } from './rescue-result.ts';
import type { Story } from './story.ts';

export interface TerminalOut {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

type Style = Parameters<typeof styleText>[0];

/** What the phases are called in front of people. */
export const phaseTitles: Readonly<Record<PhaseName, string>> = {
  quiet: 'quiet',
  morning: 'slow morning',
  after: 'after the cure',
  refreshing: 'while refreshing',
};

/**
 * The rescue as text. On a terminal the progress line rewrites itself; elsewhere (a log file, CI) it appears once
 * per fifth, so that a log stays readable.
 */
export function terminalStory(out: TerminalOut): Story {
  const tty = out.isTTY === true;
  const width = Math.min(out.columns ?? 100, 110);
  const paint = (style: Style, text: string) => (tty ? styleText(style, text, { validateStream: false }) : text);
  let open = false;
  let lastFifth = -1;
  let lastText = '';

  const line = (text = '') => {
    if (open) out.write('\r\u001b[2K');
    open = false;
    out.write(`${text}\n`);
  };

  return {
    step(title) {
      lastFifth = -1;
      line();
      line(paint(['bold', 'yellow'], `◐ ${title}`));
    },
    progress(text, fraction) {
      const share = Math.max(0, Math.min(1, fraction));
      if (tty) {
        const bar = '█'.repeat(Math.round(share * 20)).padEnd(20, '░');
        out.write(`\r\u001b[2K  ${paint('yellow', bar)} ${formatPercent(share).padStart(5)}  ${text}`.slice(0, width + 30));
        open = true;
        return;
      }
      const fifth = Math.floor(share * 5);
      const stage = text.replace(/\d[\d.,]*/g, '');
      if (fifth === lastFifth && stage === lastText) return;
      lastFifth = fifth;
      lastText = stage;
      line(`  ${formatPercent(share).padStart(5)}  ${text}`);
    },
    say: (text) => line(`  ${text}`),
    phase({ load }) {
      const { save, dashboard, errors, eventLoopLag } = load;
      line(
        `  ${formatCount(save.n)} invoices saved: median ${formatDuration(save.p50Ms)}, p95 ${paint('bold', formatDuration(save.p95Ms))}, ` +
          `p99 ${formatDuration(save.p99Ms)}, worst ${formatDuration(save.maxMs)}`,
      );
      if (dashboard.loads + dashboard.skipped > 0) {
        line(
          `  ${formatCount(dashboard.loads)} dashboard loads: median ${formatDuration(dashboard.p50Ms)}, ` +
            `p95 ${paint('bold', formatDuration(dashboard.p95Ms))}; ${formatCount(dashboard.skipped)} skipped, the manager still waiting for the last one`,
        );
      }
      if (errors.saves + errors.loads > 0) {
        line(paint('red', `  ${errors.saves} saves and ${errors.loads} loads failed: ${errors.first ?? ''}`));
      }
      if (eventLoopLag.p99Ms > 20) {
        line(`  The load generator itself lagged (p99 ${formatDuration(eventLoopLag.p99Ms)}): the machine is short of processor.`);
      }
    },
    verdict(verdict, titles) {
      for (const text of wrap(verdict.sentence, width - 2)) line(`  ${paint('bold', text)}`);
      line(`  ${paint('dim', verdict.badges.map((badge) => badge.text).join(' · '))}`);
      line();
      for (const row of findingRows(verdict, titles, paint)) line(`  ${row}`);
    },
    built(model) {
      line(
        `  ${paint('green', '✓')} ${paint('bold', model.name)} version ${model.version}: ${formatCount(model.rows)} rows, proven in ${formatDuration(model.proofMs)}, built in ${formatDuration(model.tookMs)}; ` +
          'its widget reads it now',
      );
    },
    beforeAndAfter({ phases, leftAlone, facts }) {
      for (const { title, reason } of leftAlone) line(`  Left alone: ${title} (${reason})`);
      line();
      line(paint(['bold', 'yellow'], '◐ Before and after'));
      const head = ['', 'saving p50', 'p95', 'p99', 'worst', 'dashboard p50', 'p95', 'opened', 'skipped'];
      const rows = phaseNames.map((name) => {
        const { save, dashboard } = phases[name].load;
        const loaded = dashboard.loads > 0;
        return [
          phaseTitles[name],
          formatDuration(save.p50Ms),
          formatDuration(save.p95Ms),
          formatDuration(save.p99Ms),
          formatDuration(save.maxMs),
          loaded ? formatDuration(dashboard.p50Ms) : '–',
          loaded ? formatDuration(dashboard.p95Ms) : '–',
          loaded ? formatCount(dashboard.loads) : '–',
          loaded ? formatCount(dashboard.skipped) : '–',
        ];
      });
      for (const [index, row] of table([head, ...rows]).entries()) line(`  ${index === 0 ? paint('dim', row) : row}`);
      const { quiet, morning, after } = phases;
      line();
      line(
        `  Saving an invoice at p95: ${formatTimes(morning.load.save.p95Ms / quiet.load.save.p95Ms)} its quiet time in the morning, ` +
          `${formatTimes(after.load.save.p95Ms / quiet.load.save.p95Ms)} after. ` +
          (after.load.dashboard.loads === 0 || morning.load.dashboard.loads === 0
            ? 'No pair of dashboard loads could be compared.'
            : `A dashboard opened in ${formatDuration(morning.load.dashboard.p50Ms)} in the morning and in ` +
              `${formatDuration(after.load.dashboard.p50Ms)} after` +
              (morning.load.dashboard.p50Ms > 2 * after.load.dashboard.p50Ms
                ? `: ${formatTimes(morning.load.dashboard.p50Ms / after.load.dashboard.p50Ms)} faster.`
                : '.')),
      );
      line(`  ${paint('dim', `The whole rescue took ${formatDuration(facts.totalSeconds * 1000)}.`)}`);
    },
  };
}

function findingRows(
  verdict: Verdict,
  titles: ReadonlyMap<string, string>,
  paint: (style: Style, text: string) => string,
): string[] {
  const rows = verdict.findings.map((finding) => [
    formatPercent(finding.blameShare),
    bar(finding.blameShare),
    `grade ${finding.grade}`,
    findingTitle(finding, titles),
    finding.evidence
      .map(({ kind, share }) => `${kind.replace('_', ' ')}${share < 0.005 ? '' : ` ${share.toFixed(2)}`}`)
      .join(', '),
    finding.meanMs === null ? '' : `mean ${formatDuration(finding.meanMs)}`,
  ]);
  rows.push([formatPercent(verdict.unexplainedShare), bar(verdict.unexplainedShare), '', 'unexplained', '', '']);
  return table([['blame', '', 'grade', 'statement', 'evidence', ''], ...rows]).map((row, index) =>
    index === 0 ? paint('dim', row) : row,
  );
}

const bar = (share: number) => '▆'.repeat(Math.round(share * 16)).padEnd(16, '·');

/** Columns padded to their widest cell; text left, numbers right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const numeric = widths.map((_, column) => rows.slice(1).every((row) => /^(–|[\d.,]|$)/.test(row[column] ?? '')));
  return rows.map((row) =>
    row
      .map((cell, column) => (numeric[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ')) {
    if (current !== '' && current.length + 1 + word.length > width) {
      lines.push(current);
      current = word;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  return [...lines, current];
}

/** Says nothing: for `--json` without a terminal, and for tests. */
export const silentStory: Story = {
  step: () => undefined,
  progress: () => undefined,
  say: () => undefined,
  phase: () => undefined,
  verdict: () => undefined,
  built: () => undefined,
  beforeAndAfter: () => undefined,
};
