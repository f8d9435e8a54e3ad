import type { StoredActivityRow, StoredStatement } from '../../electron/core/history/history.ts';
import { noCounters } from '../../electron/core/diagnosis/no-counters.ts';
import type { ActivityRow, StatementCounters } from '../../shared/model/sampling.ts';

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
