import type { ActivityRow } from '../../../../shared/model/sampling.ts';

/** A session that works on a statement since `queryStartMs`. */
export const atWork = (pid: number, queryid: string | null, queryStartMs: number, more: Partial<ActivityRow> = {}) =>
  ({
    pid,
    leaderPid: null,
    databaseName: 'erp',
    databaseOid: '5',
    roleName: 'erp',
    roleOid: '10',
    applicationName: 'erp',
    backendType: 'client backend',
    state: 'active',
    waitEventType: null,
    waitEvent: null,
    queryid,
    query: 'insert into invoice values ($1)',
    queryStartMs,
    xactStartMs: queryStartMs,
    backendXminAge: null,
    blockedByPids: [],
    ...more,
  }) satisfies ActivityRow;

export const forLock = { waitEventType: 'Lock', waitEvent: 'relation' } as const;
