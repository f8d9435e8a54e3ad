import { formatCount, formatCounted } from '../../../shared/format/count.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { formatPercent, formatPercentRange } from '../../../shared/format/ratio.ts';
import { formatClockSeconds } from '../../../shared/format/zoned-time.ts';
import type { Badge, Finding, Verdict } from '../../../shared/model/diagnosis.ts';
import type { Diagnosed } from './diagnosed.ts';
import { cut, pad, padStart, printable, wrap, type Style, type Terminal } from './terminal.ts';

/** Of victims, transactions and lock queues: a terminal is for the first answer, --json has them all. */
const mostLines = 5;

const cures: Readonly<Record<Finding['cure'], string>> = {
  read_model: 'read model',
  index: 'index',
  reschedule: 'reschedule',
  leave: 'leave it',
};
const marks: Readonly<Record<Badge['tone'], string>> = { good: '✓', neutral: '·', warning: '!' };

/** The verdict for a terminal of 80 columns and more. Everything that came from the server is made printable here. */
export function diagnoseReport(result: Diagnosed, terminal: Terminal): string[] {
  const { verdict } = result;
  return [
    ...heading(result, terminal),
    ...findings(verdict, terminal),
    ...victims(verdict, terminal),
    ...transactions(result, terminal),
    ...blocking(result, terminal),
    ...quality(result, terminal),
  ];
}

const titled = (title: string, lines: readonly string[], { paint }: Terminal): string[] =>
  lines.length === 0 ? [] : ['', paint('bold', title), ...lines];

function heading({ server, verdict, sampling, chosenBy, from, to }: Diagnosed, { paint, columns }: Terminal): string[] {
  // 'PostgreSQL 18.4 on x86_64-pc-linux-gnu, compiled by gcc ...'
  const version = server.version === null ? '' : `, ${printable(server.version).split(' ').slice(0, 2).join(' ')}`;
  const took =
    sampling === null
      ? 'stored history'
      : `${formatCounted(sampling.samples, 'sample')} in ${formatDuration(Math.round(sampling.seconds) * 1000)}${sampling.endedEarly ? ', ended early' : ''}`;
  const where = server.capture
    ? printable(server.label)
    : `${printable(server.host)}:${server.port}/${printable(server.database)}`;
  return [
    paint('dim', cut(`${where}${version}: ${took}`, columns)),
    ...(chosenBy === 'found' ? wrap(foundText(from, to), columns).map((line) => paint('dim', line)) : []),
    '',
    ...wrap(printable(verdict.sentence), columns).map((line) => paint('bold', line)),
  ];
}

/** To be copied: the same window again, or a better one, out of a profile or a capture. */
const foundText = (from: string, to: string): string =>
  `Diagnosed is the slowest stretch of it, which Daybreak chose: --from ${from} --to ${to}`;

function findings(verdict: Verdict, terminal: Terminal): string[] {
  const { paint, columns } = terminal;
  if (verdict.findings.length === 0) return [];
  const row = (cells: readonly [string, string, string, string, string, string, string]) =>
    [
      padStart(cells[0], 6),
      pad(cells[1], 8),
      pad(cells[2], 5),
      pad(cells[3], 11),
      pad(cells[4], 12),
      pad(cells[5], 10),
      cells[6],
    ].join('  ');
  const head = row(['share', 'interval', 'grade', 'class', 'evidence', 'cure', 'run by']);
  const lines = verdict.findings.flatMap((finding) => {
    const evidence = finding.evidence.map(({ kind }) => kind.replace('_', ' ')).join(', ');
    const first = row([
      formatPercent(finding.blameShare),
      formatPercentRange(finding.blameInterval).replaceAll(' ', ''),
      finding.grade,
      finding.class,
      cut(evidence === '' ? '–' : evidence, 12),
      cures[finding.cure],
      finding.runBy.map(printable).join(', '),
    ]);
    const texts = [finding.statement, ...finding.members].map(({ text }) => printable(text ?? 'a hidden statement'));
    return [
      paint(gradeStyle(finding), cut(first, columns)),
      ...texts.map((text) => `        ${cut(text, columns - 8)}`),
      ...details(finding).flatMap((detail) => wrap(detail, columns - 8).map((line) => paint('dim', `        ${line}`))),
    ];
  });
  const unexplained = `${padStart(formatPercent(verdict.unexplainedShare), 6)}  unexplained`;
  const grades = 'A proven, B direct, C statistical, D coincidence: nobody is accused of it';
  return ['', paint('dim', cut(head, columns)), ...lines, unexplained, paint('dim', cut(grades, columns))];
}

/** Colour repeats what the grade says. */
function gradeStyle({ grade }: Finding): Style {
  if (grade === 'A' || grade === 'B') return 'yellow';
  return grade === 'C' ? 'cyan' : 'dim';
}

function details({ calls, meanMs, evidence, ifGoneMeanMs, ifGoneP95Ms, caveats, cureText }: Finding): string[] {
  const ran = `${formatCounted(calls, 'run')}${meanMs === null ? '' : ` of ${formatDuration(meanMs)}`}`;
  const p95 = ifGoneP95Ms === null ? '' : `, p95 ${formatDuration(ifGoneP95Ms)}`;
  const gone = ifGoneMeanMs === null ? [] : [`without it: mean ${formatDuration(ifGoneMeanMs)}${p95}`];
  const [strongest] = evidence;
  return [
    [ran, ...(strongest === undefined ? [] : [printable(strongest.text)]), ...gone].join('; '),
    ...(cureText === undefined ? [] : [`what would help: ${printable(cureText)}`]),
    ...caveats.map(({ text }) => `! ${printable(text)}`),
  ];
}

function victims({ victims: all, conclusion }: Verdict, terminal: Terminal): string[] {
  // Half of all statements are slower than their median on a good day too.
  if (conclusion === 'no_damage') return [];
  const lines = all.slice(0, mostLines).map(({ statement, calls, baselineMs, meanMs, damageSeconds }) => {
    const waited = `${padStart(formatDuration(damageSeconds * 1000), indent - 2)} waited`;
    const slower = `${formatDuration(baselineMs)} → ${formatDuration(meanMs)}, ${formatCounted(calls, 'call')}`;
    return cut(`${waited}  ${pad(slower, 34)}  ${printable(statement.text ?? 'a hidden statement')}`, terminal.columns);
  });
  return titled(`Who got slower${more(all.length)}`, lines, terminal);
}

const more = (count: number): string => (count > mostLines ? ` (${mostLines} of ${formatCount(count)})` : '');

/** Where the text stands beside a length of time: "2 min 12 s" has ten characters. */
const indent = 12;
const hung = (first: string, lines: readonly string[]): string[] =>
  lines.filter((line) => line !== '').map((line, index) => `${index === 0 ? first : ' '.repeat(indent - 2)}  ${line}`);

/** Shorter ones are everyday work. */
const slowSeconds = 1;

function transactions({ transactions: all }: Diagnosed, terminal: Terminal): string[] {
  const slow = all.filter(({ durationSeconds }) => durationSeconds >= slowSeconds);
  const lines = slow.slice(0, mostLines).flatMap((one) => {
    const parts = [
      ['at work', one.activeSeconds],
      ['idle', one.idleSeconds],
      ['waiting for locks', one.lockWaitSeconds],
      ['others waited for it', one.blockedOthersSeconds],
    ] as const;
    const told = parts.flatMap(([name, seconds]) =>
      seconds >= 0.05 ? [`${name} ${formatDuration(seconds * 1000)}`] : [],
    );
    const who = [one.applicationName, one.roleName ?? '']
      .filter((name) => name !== '')
      .map(printable)
      .join(', ');
    const length = padStart(formatDuration(one.durationSeconds * 1000), indent - 2);
    const state = [...(one.open ? ['still open'] : []), ...told].join(', ');
    const lines = wrap(`pid ${one.pid}${who === '' ? '' : ` (${who})`}: ${state}`, terminal.columns - indent);
    return hung(length, [...lines, cut(printable(one.statements[0]?.text ?? ''), terminal.columns - indent)]);
  });
  return titled(`Longest transactions${more(slow.length)}`, lines, terminal);
}

function blocking({ blocking: trees }: Diagnosed, terminal: Terminal): string[] {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const lines = trees.slice(0, mostLines).flatMap(({ root, fromMs, toMs, waitedSeconds, mostWaiting }) => {
    const span = `${formatClockSeconds(fromMs, timeZone)}–${formatClockSeconds(toMs, timeZone)}`;
    const who = printable(root.applicationName) === '' ? '' : ` (${printable(root.applicationName)})`;
    const head = `waited by up to ${formatCounted(mostWaiting, 'session')} behind pid ${root.pid}${who}, ${printable(root.state)}; ${span}`;
    const length = padStart(formatDuration(waitedSeconds * 1000), indent - 2);
    const lines = wrap(head, terminal.columns - indent);
    return hung(length, [...lines, cut(printable(root.text), terminal.columns - indent)]);
  });
  return titled(`Roots of lock queues${more(trees.length)}`, lines, terminal);
}

/** Nobody who samples from a terminal has a connection to enter them in; a stored history has its own. */
const badgeText = ({ kind, tone, text }: Badge, sampled: boolean): string =>
  kind === 'cores' && tone === 'warning' && sampled
    ? 'cores unknown: give them with --cores, or processors cannot be judged'
    : text;

function quality({ verdict, missing, sampling }: Diagnosed, terminal: Terminal): string[] {
  const { paint, columns } = terminal;
  const marked = (mark: string, text: string): string[] =>
    wrap(printable(text), columns - 2).map((line, index) => `${index === 0 ? mark : ' '} ${line}`);
  const badges = verdict.badges.flatMap((badge) =>
    marked(marks[badge.tone], badgeText(badge, sampling !== null)).map((line) =>
      badge.tone === 'warning' ? paint('yellow', line) : line,
    ),
  );
  const cost = sampling?.ownCostPercent;
  const own = cost == null ? [] : marked('·', `Sampling cost ${cost.toFixed(1)} % of one core of the server.`);
  const problem = sampling?.problem == null ? [] : marked('!', sampling.problem).map((line) => paint('yellow', line));
  const lacks = missing.flatMap(({ text, action }) => [
    ...marked('!', text).map((line) => paint('yellow', line)),
    // To be copied: one line, however long.
    ...(action === null ? [] : [`    ${printable(action)}`]),
  ]);
  return [
    ...titled('How far to trust it', [...badges, ...problem, ...own], terminal),
    ...titled('Missing', lacks, terminal),
  ];
}
