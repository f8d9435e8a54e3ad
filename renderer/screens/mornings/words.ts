import { formatTimes } from '../../../shared/format/ratio.ts';
import type { Caveat, Conclusion, EvidenceKind, Finding, Grade, OpenFinding } from '../../../shared/model/diagnosis.ts';
import type { StatementClass } from '../../../shared/model/statement.ts';

interface GradeWords {
  readonly short: string;
  readonly meaning: string;
}

/** Only A and B rest on something that was seen; below them nobody says "caused". */
export const gradeWords: Readonly<Record<Grade, GradeWords>> = {
  A: { short: 'A proven', meaning: 'An experiment switched this statement on and off, and the damage followed.' },
  B: {
    short: 'B direct',
    meaning: 'It was seen holding what the victims waited for: the processors while they were all busy, or a lock.',
  },
  C: {
    short: 'C statistical',
    meaning: 'The damage comes and goes with its activity more than chance allows, but nothing was seen directly.',
  },
  D: { short: 'D coincidence', meaning: 'It ran at the same time. That alone accuses nobody.' },
};

export const evidenceWords: Readonly<Record<EvidenceKind, string>> = {
  cpu: 'cpu',
  read_io: 'read io',
  write_io: 'write io',
  temp_io: 'temp io',
  wal: 'wal',
  lock: 'lock',
  replication: 'replication',
  overlap: 'active at the time',
  statistical: 'goes with it',
  experiment: 'experiment',
};

/** What a piece of evidence of that kind rests on, in one sentence. */
export const evidenceMeanings: Readonly<Record<EvidenceKind, string>> = {
  cpu: 'Its share of the processors while all of them were busy.',
  read_io: 'Its share of the blocks read while reading was what everybody waited for.',
  write_io: 'Its share of the data files written while the disk was busy.',
  temp_io: 'Its share of the temporary files written and read while the disk was busy.',
  wal: 'Its share of the write-ahead log while writing it was what everybody waited for.',
  lock: 'Its share of the time that others waited behind a lock it held.',
  replication: 'Its share of the time that saves waited until a synchronous standby had their log.',
  overlap: 'It was active at the same time. That alone accuses nobody.',
  statistical: 'The slowdown comes and goes with its activity more than chance allows.',
  experiment: 'Mornings with it and without it, drawn by lot, were compared.',
};

interface CureWords {
  /** For a cell of a table. */
  readonly short: string;
  /** Why this and nothing else. */
  readonly reason: string;
}

export const cureWords: Readonly<Record<Finding['cure'], CureWords>> = {
  read_model: {
    short: 'a read model',
    reason:
      'It is a report: precompute what it shows and let the dashboard read that, away from the tables in which people ' +
      'save. An index for a report would be one more for every save to keep.',
  },
  index: {
    short: 'an index',
    reason: 'It is a short statement that reads more blocks than its rows need: an index can be the whole cure.',
  },
  reschedule: {
    short: 'reschedule',
    reason:
      'It is work in bulk that has to be done, but not at that hour: move it, queue it, or cut it into smaller chunks.',
  },
  leave: {
    short: 'leave it',
    reason: 'What it costs the others is too little, or too little is known, to change anything for its sake.',
  },
};

/** Where none of the kinds helps, the finding itself says what would. */
export const cureOf = ({ cure, cureText }: Pick<Finding, 'cure' | 'cureText'>): CureWords =>
  cureText === undefined ? cureWords[cure] : { short: 'see why', reason: cureText };

export const caveatWords: Readonly<Record<Caveat['kind'], string>> = {
  collinear: 'always together with others',
  not_identifiable: 'always at the same clock time',
  lead_placebo: 'the slowdown began before it did',
  reverse_causation: 'slow because everything was slow',
  few_runs: 'few runs',
  evicted: 'not in the statistics',
};

interface ConclusionWords {
  readonly tone: 'bad' | 'warning' | 'neutral' | 'good';
  /** What the verdict comes to, in a few words. */
  readonly title: string;
  /** What follows from it; null where the findings say that themselves. */
  readonly advice: string | null;
}

export const conclusionWords: Readonly<Record<Conclusion, ConclusionWords>> = {
  culprits: { tone: 'bad', title: 'Culprits found', advice: null },
  suspicion: {
    tone: 'warning',
    title: 'Suspicion, not proof',
    advice:
      'The slowdown goes with the statements below, but nothing was seen directly. Watch the next morning live, or run ' +
      'an experiment: open a finding, tab Experiment.',
  },
  not_identifiable: {
    tone: 'warning',
    title: 'Cannot be told apart from the hour',
    advice:
      'The suspect runs at the same clock time every day, and so does whatever else happens then. Only mornings with it ' +
      'and without it can tell: open the finding, tab Experiment.',
  },
  surge: {
    tone: 'neutral',
    title: 'More work than usual, nobody to blame',
    advice:
      'People saved more than at comparable times, and the server had to serve them all. No report made it worse.',
  },
  own_work: {
    tone: 'neutral',
    title: 'The victims did more themselves',
    advice:
      'Each call touched more blocks than in quiet times: bigger documents, another plan, or bloat. Open a victim and ' +
      'look at its plan.',
  },
  outside: {
    tone: 'warning',
    title: 'Something outside of PostgreSQL',
    advice:
      'The sessions waited for the machine, and no statement accounts for it. Look at other processes, backups, and ' +
      'neighbours on the same host.',
  },
  not_the_database: {
    tone: 'warning',
    title: 'Not the database',
    advice:
      'What was measured here is far below what people report. Look at the ERP’s own workers, the connection pooler, ' +
      'and the network.',
  },
  no_damage: {
    tone: 'good',
    title: 'Nobody was made to wait',
    advice:
      'If people waited all the same, look outside of the database: the ERP’s own workers, the connection pooler, the ' +
      'network. What they report can be entered above.',
  },
  unexplained: {
    tone: 'warning',
    title: 'Damage without a culprit',
    advice: 'Saving got slower, and no sampled activity accounts for it. A window watched live says more.',
  },
  not_enough_data: {
    tone: 'neutral',
    title: 'Not enough data in this window',
    advice:
      'A verdict needs a few minutes of samples in the window, and quiet time before or after it to compare with. Choose ' +
      'a wider window, or keep sampling and come back.',
  },
};

export const openStateWords: Readonly<
  Record<OpenFinding['state'], { readonly text: string; readonly tone: 'bad' | 'warning' | 'good' | 'neutral' }>
> = {
  open: { text: 'still run', tone: 'bad' },
  quiet: { text: 'quiet', tone: 'warning' },
  gone: { text: 'gone', tone: 'good' },
  dismissed: { text: 'put aside', tone: 'neutral' },
};
export const classWords: Readonly<Record<StatementClass, string>> = {
  oltp: 'OLTP',
  reporting: 'reporting',
  batch: 'batch',
  maintenance: 'maintenance',
  mixed: 'mixed',
};

export const classSourceWords = {
  score: 'by its score',
  tag: 'by its application’s tag',
  override: 'your word',
} as const;

/** "13 times"; what suffered in single moments only may on average have been as fast as ever. */
export function slowerText(meanMs: number, baselineMs: number): string {
  if (baselineMs <= 0) return '–';
  return meanMs > baselineMs ? formatTimes(meanMs / baselineMs) : 'not on average';
}

/** Why a verdict accuses nobody: an empty list alone would say that everybody is innocent. */
export function noFindingsWords(conclusion: Conclusion): string {
  if (conclusion === 'not_enough_data') return 'There is too little data in this window to accuse anybody.';
  if (conclusion === 'no_damage') return 'Nobody was made to wait, so nobody is accused.';
  return 'No suspect was active while the victims waited.';
}
