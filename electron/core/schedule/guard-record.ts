import type { GuardRecord } from '../../../shared/model/schedule-view.ts';
import type { Command } from './decide/command.ts';
import { isLess } from './decide/load-guard.ts';
import type { TickState } from './decide/tick-state.ts';

type GuardLine = Omit<GuardRecord, 'decidedAtMs'>;

const isLoad = (code: string): boolean => code.startsWith('load_');

/** What the load guard decided with a command; null: it did not decide it. */
export function guardRecordOf(command: Command, { runner, settings }: TickState): GuardLine | null {
  if (settings.guard === null) return null;
  const record = (decision: GuardRecord['decision'], runId: string | null): GuardLine | null =>
    'readModel' in command && 'reason' in command
      ? { readModel: command.readModel, runId, runner, decision, reason: command.reason }
      : null;
  switch (command.kind) {
    case 'hold':
      return command.state === 'postponed' ? record('postpone', null) : null;
    case 'start':
      if (command.reason.code === 'budget_ends') return record('go_anyway', null);
      return isLess(command.effort, settings.effort) ? record('slow_down', null) : null;
    case 'adjust':
      return record(isLess(command.effort, settings.effort) ? 'slow_down' : 'speed_up', command.runId);
    case 'cancel':
      return isLoad(command.reason.code) ? record('cancel_and_retry', command.runId) : null;
    default:
      return null;
  }
}
