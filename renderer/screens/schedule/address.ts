import { attemptStateSchema, type AttemptState } from '../../../shared/model/schedule.ts';
import type { AxisSpan } from './axis/axis-scale.ts';

export const tabs = [
  { id: 'schedule', label: 'Schedule' },
  { id: 'runs', label: 'Runs' },
  { id: 'calendars', label: 'Calendars' },
  { id: 'runners', label: 'Runners' },
] as const;
export type TabId = (typeof tabs)[number]['id'];

export const runSpans = [
  { id: 'day', label: '24 hours', days: 1 },
  { id: 'week', label: '7 days', days: 7 },
  { id: 'month', label: '30 days', days: 30 },
] as const;
export type RunSpan = (typeof runSpans)[number]['id'];

export interface ScheduleAddress {
  readonly tab: TabId;
  readonly span: AxisSpan;
  /** Read model whose drawer is open. */
  readonly model: string | null;
  /** Runs: of one read model, of one outcome, of how long, and the one that is open. */
  readonly of: string | null;
  readonly outcome: AttemptState | null;
  readonly since: RunSpan;
  readonly run: string | null;
}

/** Whatever else stands in the address is as if it stood not there. */
export function readAddress(params: URLSearchParams): ScheduleAddress {
  return {
    tab: tabs.find(({ id }) => id === params.get('tab'))?.id ?? 'schedule',
    span: params.get('span') === 'week' ? 'week' : 'day',
    model: params.get('model'),
    of: params.get('of'),
    outcome: attemptStateSchema.options.find((one) => one === params.get('outcome')) ?? null,
    since: runSpans.find(({ id }) => id === params.get('since'))?.id ?? 'week',
    run: params.get('run'),
  };
}
