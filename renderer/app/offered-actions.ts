import type { ScheduledModelView } from '../../shared/model/schedule-view.ts';

/** What a person can do with the refreshes of a read model. */
export type OfferedAction =
  | { readonly kind: 'refresh' | 'pause' | 'resume'; readonly title: string }
  | { readonly kind: 'cancel'; readonly title: string; readonly runId: string };

/** What can be done with a read model as it stands, in the order in which it is shown. */
export function offeredActions({
  paused,
  stopped,
  suspended,
  running,
}: Pick<ScheduledModelView, 'paused' | 'stopped' | 'suspended' | 'running'>): readonly OfferedAction[] {
  const offered: OfferedAction[] = [];
  if (!suspended && running === null) offered.push({ kind: 'refresh', title: 'Refresh now' });
  if (running !== null && running.cancelAsked === null) {
    offered.push({ kind: 'cancel', title: 'Cancel the refresh', runId: running.runId });
  }
  const goesOn = paused === null && stopped === null;
  offered.push(goesOn ? { kind: 'pause', title: 'Pause' } : { kind: 'resume', title: 'Resume' });
  return offered;
}
