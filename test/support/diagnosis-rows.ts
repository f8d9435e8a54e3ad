import type { StoredActivityRow, StoredStatement } from '../../electron/core/history/history.ts';
import type { ActivityRow, StatementCounters } from '../../shared/model/sampling.ts';

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

export function rowOf(statementId: string | null, pid: number, row: Partial<ActivityRow>): StoredActivityRow {
  return {
    statementId,
    row: {
      pid,
      leaderPid: null,
      databaseName: 'erp',
      databaseOid: '16384',
      roleName: 'erp',
      roleOid: '16385',
      applicationName: '',
      backendType: 'client backend',
      state: 'active',
      waitEventType: null,
      waitEvent: null,
      queryid: null,
      query: '',
      queryStartMs: null,
      xactStartMs: null,
      backendXminAge: null,
      blockedByPids: [],
      ...row,
    },
  };
}

export function stored(statementId: string, text: string, roleName: string): StoredStatement {
  const key = { databaseOid: '16384', roleOid: roleName, queryid: statementId, toplevel: true };
  return { statementId, key, databaseName: 'erp', roleName, text, fingerprint: text };
}

export const counters = (some: Partial<StatementCounters>): StatementCounters => ({ ...noCounters, ...some });
