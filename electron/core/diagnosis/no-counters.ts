import type { StatementCounters } from '../../../shared/model/sampling.ts';

/** For what only some counters are known of: minutes and hours keep but a few of them. */
export const noCounters: StatementCounters = {
  calls: 0,
  rows: 0,
  totalExecMs: 0,
  sumSquaresMs2: 0,
  plans: 0,
  totalPlanMs: 0,
  sharedBlksHit: 0,
  sharedBlksRead: 0,
  sharedBlksDirtied: 0,
  sharedBlksWritten: 0,
  localBlksRead: 0,
  localBlksWritten: 0,
  tempBlksRead: 0,
  tempBlksWritten: 0,
  sharedBlkReadMs: 0,
  sharedBlkWriteMs: 0,
  tempBlkReadMs: 0,
  tempBlkWriteMs: 0,
  walRecords: 0,
  walBytes: 0,
};
