import type { EvidenceKind, Finding, Grade } from '../../../shared/model/diagnosis.ts';
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
  temp_io: 'temp io',
  wal: 'wal',
  lock: 'lock',
  overlap: 'active at the time',
};

export const cureWords: Readonly<Record<Finding['cure'], string>> = {
  read_model: 'a read model',
  index: 'an index',
  reschedule: 'reschedule',
  leave: 'leave it',
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
