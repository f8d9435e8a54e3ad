import { formatDuration } from '../../../shared/format/duration.ts';
import { formatPercent, formatPercentRange } from '../../../shared/format/ratio.ts';
import type { Finding, Verdict } from '../../../shared/model/diagnosis.ts';
import { csvText } from '../../../shared/format/csv.ts';
import { nameOf } from './statement-name.ts';
import { cureWords, gradeWords } from './words.ts';

const header = [
  'from',
  'to',
  'statement',
  'text',
  'class',
  'database',
  'role',
  'run_by',
  'share',
  'share_low',
  'share_high',
  'damage_s',
  'grade',
  'evidence',
  'caveats',
  'calls',
  'mean_ms',
  'rows_per_call',
  'blocks_per_call',
  'if_gone_mean_ms',
  'if_gone_p95_ms',
  'cure',
  'what_would_help',
  'group',
];

/** The findings of a verdict for a spreadsheet; the last row is what stays unexplained. */
export function findingsCsv(
  verdict: Verdict,
  findings: readonly Finding[],
  widgetTitles: ReadonlyMap<string, string>,
): string {
  const span = [new Date(verdict.fromMs).toISOString(), new Date(verdict.toMs).toISOString()];
  const rows = findings.map((finding) => {
    const { statement } = finding;
    return [
      ...span,
      nameOf(statement, widgetTitles).name,
      statement.text,
      finding.class,
      statement.databaseName,
      statement.roleName,
      finding.runBy.join('; '),
      finding.blameShare,
      ...finding.blameInterval,
      finding.damageSeconds,
      finding.grade,
      finding.evidence.map(({ kind, text }) => `${kind}: ${text}`).join('; '),
      finding.caveats.map(({ text }) => text).join('; '),
      finding.calls,
      finding.meanMs,
      finding.rowsPerCall,
      finding.blocksPerCall,
      finding.ifGoneMeanMs,
      finding.ifGoneP95Ms,
      finding.cure,
      finding.cureText ?? cureWords[finding.cure].short,
      finding.members.map((member) => nameOf(member, widgetTitles).name).join('; '),
    ];
  });
  const unexplained = [...span, 'unexplained', ...Array<null>(5).fill(null), verdict.unexplainedShare];
  return csvText([header, ...rows, [...unexplained, ...Array<null>(header.length - unexplained.length).fill(null)]]);
}

/** The verdict for a mail: the sentence, then a line a finding. */
export function findingsText(
  verdict: Verdict,
  findings: readonly Finding[],
  widgetTitles: ReadonlyMap<string, string>,
): string {
  const lines = findings.map(
    ({ statement, blameShare, blameInterval, grade, cure, cureText, ifGoneMeanMs }) =>
      `- ${formatPercent(blameShare)} (${formatPercentRange(blameInterval)}), ${gradeWords[grade].short}: ` +
      `${nameOf(statement, widgetTitles).name}; what would help: ${cureText ?? cureWords[cure].short}` +
      (ifGoneMeanMs === null ? '' : `; without it a save would take ${formatDuration(ifGoneMeanMs)}`),
  );
  return [verdict.sentence, ...lines, `- ${formatPercent(verdict.unexplainedShare)} unexplained`, ''].join('\n');
}
