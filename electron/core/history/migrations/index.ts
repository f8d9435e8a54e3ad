import { connections } from './0001-connections.ts';
import { samples } from './0002-samples.ts';
import { journal } from './0003-journal.ts';
import { dashboards } from './0004-dashboards.ts';
import { idleInTransaction } from './0005-idle-in-transaction.ts';
import { experiments } from './0020-experiments.ts';
import { explained } from './0030-explained.ts';
import { openFindings } from './0040-open-findings.ts';
import { passingStatements } from './0050-passing-statements.ts';
import { statementTraits } from './0060-statement-traits.ts';
import { proofs } from './0070-proofs.ts';
import { offlineCache } from './0080-offline-cache.ts';
import { alerts } from './0087-alerts.ts';
import { knownHolds } from './0091-known-holds.ts';
import { removedDashboards } from './0094-removed-dashboards.ts';
import { shippedDashboards } from './0096-shipped-dashboards.ts';
import { packedHistory } from './0006-packed-history.ts';

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/**
 * In rising order; numbers may leave room for steps that are written at the same time. A step that was released is
 * never edited: a change is a new step, with a number above all released ones.
 */
export const migrations: readonly Migration[] = [
  connections,
  samples,
  journal,
  dashboards,
  idleInTransaction,
  packedHistory,
  experiments,
  explained,
  openFindings,
  passingStatements,
  statementTraits,
  proofs,
  offlineCache,
  alerts,
  knownHolds,
  removedDashboards,
  shippedDashboards,
];
