import type { Plan, Run, StepResult, Version } from '../../../shared/model/read-model.ts';
import type { Period } from '../../../shared/model/period.ts';
import type { Tone } from '../../app/tag.tsx';
import { modeWords } from '../../i18n/words.ts';

export interface Worded {
  readonly text: string;
  readonly tone: Tone;
}

export const runWords: Readonly<Record<Run['state'], Worded>> = {
  running: { text: 'running', tone: 'accent' },
  done: { text: 'done', tone: 'good' },
  failed: { text: 'failed', tone: 'bad' },
  cancelled: { text: 'cancelled', tone: 'warning' },
  abandoned: { text: 'abandoned', tone: 'warning' },
};

/** 'by day of day, Europe/Berlin; the last 2 are open' */
export const periodText = ({ column, grain, timeZone, openPeriods }: Period): string =>
  `by ${grain} of ${column}, ${timeZone}; ${openPeriods === 1 ? 'this one is open' : `the last ${openPeriods} are open`}`;

/** The strategy of the last run; before the first one none has been chosen. */
export const strategyText = (lastRun: Run | null): string => (lastRun === null ? '–' : modeWords[lastRun.mode]);

export const planStateWords: Readonly<Record<Plan['state'], Worded>> = {
  new: { text: 'nothing has run yet', tone: 'neutral' },
  running: { text: 'running', tone: 'accent' },
  done: { text: 'done', tone: 'good' },
  failed: { text: 'failed', tone: 'bad' },
  undone: { text: 'undone', tone: 'warning' },
  interrupted: { text: 'interrupted', tone: 'warning' },
};

export const stepWords: Readonly<Record<StepResult['state'], string>> = {
  waiting: 'waiting',
  running: 'running',
  done: 'done',
  failed: 'failed',
  undone: 'undone',
  skipped: 'skipped',
};

export const versionWords: Readonly<Record<Version['state'], Worded>> = {
  building: { text: 'being built', tone: 'accent' },
  current: { text: 'serving', tone: 'good' },
  previous: { text: 'kept for rolling back', tone: 'neutral' },
  retired: { text: 'retired', tone: 'neutral' },
};

/** What a plan does, as a heading. */
export function planTitle(plan: Plan): string {
  switch (plan.kind) {
    case 'create':
      return 'Plan: create version 1';
    case 'new_version':
      return `Plan: version ${plan.fromVersion ?? '?'} → version ${plan.toVersion ?? '?'}`;
    case 'roll_back':
      return `Plan: roll back from version ${plan.fromVersion ?? '?'} to version ${plan.toVersion ?? '?'}`;
    case 'drop':
      return 'Plan: drop the read model';
    case 'drop_version':
      return `Plan: drop version ${plan.droppedVersion ?? '?'}`;
    case 'suspend':
      return 'Plan: suspend it for an upgrade of the ERP';
    case 'resume':
      return `Plan: resume with version ${plan.toVersion ?? '?'}`;
    case 'import':
      return `Plan: import the materialized view ${plan.imports ?? ''}`;
    case 'update_registry':
      return 'Plan: bring the registry up to date';
    case 'uninstall':
      return 'Plan: take the registry away, and leave the stable views';
  }
}
