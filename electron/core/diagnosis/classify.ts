import type { StatementClass } from '../../../shared/model/statement.ts';
import type { StatementText } from '../sql-text/statement-kind.ts';

/** What was measured of one statement. Per-call numbers are null when no call was booked. */
export interface StatementMeasures {
  readonly calls: number;
  readonly callsPerHour: number;
  /**
   * Mean of the fastest interval, ms: on a slow morning everybody's mean is long, and a victim must not
   * look like a report because of it.
   */
  readonly fastestMeanMs: number | null;
  readonly rowsPerCall: number | null;
  /** Shared blocks, hit or read. */
  readonly blocksPerCall: number | null;
  readonly tempBlocksPerCall: number | null;
  readonly walRecordsPerCall: number | null;
  /** Longest time that samples saw one run of it at work, waits for locks apart, ms; all there is of a cancelled report. */
  readonly longestWorkingMs: number;
  /** What samples saw of its runs at work; a lookup behind a lock is not at work. */
  readonly runs: RunsAtWork;
}

export interface RunsAtWork {
  readonly seen: number;
  /** Most sessions that one sample saw at work in it. */
  readonly mostAtOnce: number;
  /** Time that the median run was seen at work, ms; 0 without any. */
  readonly medianMs: number;
}

export interface Classification {
  readonly class: StatementClass;
  readonly source: 'score' | 'tag' | 'override';
}

/** Where one class ends and the next begins. */
const limits = {
  reportMeanMs: 1000,
  reportBlocks: 10_000,
  reportRows: 1000,
  fewCallsPerHour: 3600,
  /** A read that aggregates for this long, or over this many blocks, is a report however often it runs. */
  aggregateMeanMs: 50,
  aggregateBlocks: 1000,
  shortMeanMs: 50,
  fewBlocks: 1000,
  bulkRows: 200,
  bulkBlocks: 5000,
  /** A write of so many rows is a load however often it runs: nobody's document has them. */
  loadRows: 10_000,
  /** Below this many calls an hour a short read is not called OLTP. */
  manyCallsPerHour: 20,
  /** So many runs, so many of them at once, are people's work: a load is one run, or a few. */
  peoplesRuns: 6,
  peoplesAtOnce: 3,
} as const;

const applications: readonly (readonly [RegExp, StatementClass])[] = [
  [
    /\b(pg_dump|pg_dumpall|pg_basebackup|pg_restore|vacuumdb|reindexdb|pgbackrest|barman|wal-g|daybreak[- ](refresh|plan))\b/,
    'maintenance',
  ],
  [/\b(airbyte|fivetran|talend|pentaho|kettle|informatica|debezium|etl|import|importer|nightly|batch)\b/, 'batch'],
  [
    /\b(metabase|tableau|power ?bi|superset|grafana|looker|qlik\w*|redash|cognos|jasperreports|crystal ?reports|reports?|reporting|dashboards?|analytics)\b/,
    'reporting',
  ],
];

/** The person's word wins over tags, tags win over the score. Roles are not asked: ERPs run everything under one. */
export function classify(
  text: StatementText,
  measures: StatementMeasures,
  applicationNames: readonly string[],
  override: StatementClass | undefined,
): Classification {
  if (override !== undefined) return { class: override, source: 'override' };
  // BEGIN and COMMIT belong to whatever transaction they frame: the application that sent them says nothing about them.
  if (text.kind !== 'control' && text.kind !== 'monitoring') {
    const tagged = classOfTags(text, applicationNames);
    if (tagged !== null) return { class: tagged, source: 'tag' };
  }
  return { class: score(text, measures), source: 'score' };
}

function classOfTags(text: StatementText, applicationNames: readonly string[]): StatementClass | null {
  const named = text.tags.get('class');
  const classes: readonly StatementClass[] = ['oltp', 'reporting', 'batch', 'maintenance', 'mixed'];
  const explicit = classes.find((candidate) => candidate === named);
  if (explicit !== undefined) return explicit;
  const tagged = text.tags.get('application') ?? text.tags.get('app');
  const names = tagged === undefined ? applicationNames : [tagged];
  const found = new Set(names.map(classOfApplication));
  // Applications that disagree, or one that says nothing, leave the word to the score.
  const [only] = found;
  return found.size === 1 && only !== undefined ? only : null;
}

function classOfApplication(name: string): StatementClass | null {
  const words = name.toLowerCase().replace(/[_:./]+/g, ' ');
  return applications.find(([pattern]) => pattern.test(words))?.[1] ?? null;
}

function score(text: StatementText, measures: StatementMeasures): StatementClass {
  switch (text.kind) {
    case 'control':
      return 'oltp';
    case 'maintenance':
    case 'monitoring':
      return 'maintenance';
    case 'refresh':
      return 'reporting';
    case 'copy_in':
      return 'batch';
    case 'write':
    case 'locking_read':
      return isBulk(measures) ? 'batch' : 'oltp';
    case 'read':
      if (writesUnderCover(measures)) return isBulk(measures) ? 'batch' : 'oltp';
      return scoreRead(text, measures);
    case 'unknown':
      return scoreRead(text, measures);
  }
}

/** `select save_invoice(...)` reads by its text and writes in fact. */
function writesUnderCover({ walRecordsPerCall, fastestMeanMs, rowsPerCall }: StatementMeasures): boolean {
  return (walRecordsPerCall ?? 0) >= 2 && (fastestMeanMs ?? 0) < limits.shortMeanMs && (rowsPerCall ?? 0) <= 10;
}

function isBulk(measures: StatementMeasures): boolean {
  if (measures.calls === 0) return takesLong(measures.runs);
  const rows = measures.rowsPerCall ?? 0;
  if (rows >= limits.loadRows) return true;
  if (measures.callsPerHour >= limits.fewCallsPerHour) return false;
  return rows >= limits.bulkRows || (measures.blocksPerCall ?? 0) >= limits.bulkBlocks;
}

/**
 * Of a statement that was never booked. Not the longest run: without statistics there is no fast interval to go by, and
 * a save that a report slowed to seconds must not look like a load. A load by three sessions at once with many runs is
 * taken for saving: doubt accuses nobody.
 */
function takesLong({ seen, mostAtOnce, medianMs }: RunsAtWork): boolean {
  if (seen >= limits.peoplesRuns && mostAtOnce >= limits.peoplesAtOnce) return false;
  return medianMs > limits.reportMeanMs;
}

function scoreRead(text: StatementText, measures: StatementMeasures): StatementClass {
  const { calls, callsPerHour, fastestMeanMs, longestWorkingMs } = measures;
  if (calls === 0 || fastestMeanMs === null) {
    const long = text.aggregates ? longestWorkingMs > limits.reportMeanMs : takesLong(measures.runs);
    return long ? 'reporting' : 'mixed';
  }
  const blocks = measures.blocksPerCall ?? 0;
  const rows = measures.rowsPerCall ?? 0;
  // A lookup that waited behind a lock has a long mean and next to no blocks: its length alone says nothing.
  const worked = blocks >= limits.fewBlocks || longestWorkingMs > limits.reportMeanMs;
  const heavy =
    (fastestMeanMs > limits.reportMeanMs && worked) ||
    blocks > limits.reportBlocks ||
    (measures.tempBlocksPerCall ?? 0) > 0 ||
    rows > limits.reportRows;
  if (heavy) return 'reporting';
  const sizeable = fastestMeanMs >= limits.aggregateMeanMs || blocks >= limits.aggregateBlocks;
  if (text.aggregates && (sizeable || callsPerHour < limits.manyCallsPerHour)) return 'reporting';
  if (fastestMeanMs < limits.shortMeanMs && blocks < limits.fewBlocks && callsPerHour >= limits.manyCallsPerHour) {
    return 'oltp';
  }
  return 'mixed';
}
