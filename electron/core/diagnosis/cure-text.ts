import { isBackgroundPrint } from './background.ts';
import type { Blocking } from './blocking.ts';
import type { StatementGroup } from './catalog.ts';
import { refreshedModel } from './own-refresh.ts';

const settings: Readonly<Record<string, string>> = {
  'backend:checkpointer':
    'spread checkpoints: raise max_wal_size and checkpoint_timeout, and keep checkpoint_completion_target at 0.9',
  'backend:background writer': 'write less at once: lower bgwriter_lru_maxpages, or raise shared_buffers',
  'backend:walwriter': 'write less of the log: turn wal_compression on, and raise max_wal_size for fewer full pages',
  'backend:standby': 'bring the standby back or nearer, or take it out of synchronous_standby_names',
  'backend:autovacuum worker':
    'let autovacuum work less at a time: raise autovacuum_vacuum_cost_delay, or start it sooner on the busy tables by a lower autovacuum_vacuum_scale_factor',
};

/** What would help against a suspect that none of the usual cures helps against; null: one of them does. */
export function cureText({ statement }: StatementGroup, byLock: boolean, held: Blocking | undefined): string | null {
  if (isBackgroundPrint(statement.fingerprint)) return settings[statement.fingerprint] ?? null;
  const readModel = refreshedModel(statement);
  if (readModel !== null) {
    return `this is Daybreak's own refresh of the read model ${readModel}: under Schedule give it a quieter time, a skip window over these hours, or the load guard; a longer budget makes it rarer`;
  }
  if (!byLock || held === undefined || held.idleSeconds <= held.totalSeconds / 2) return null;
  return 'end the transaction sooner: it stood idle while others waited for its lock; where the program cannot, idle_in_transaction_session_timeout ends it';
}
