import type { ActivityRow } from '../../../shared/model/sampling.ts';
import type { StoredActivityRow } from './history.ts';
import { fromUs } from './moments.ts';
import { unpackText, type PackedText } from './packed-text.ts';
import type { Prepare } from './prepared.ts';

interface SampleRow {
  readonly row_number: number;
  readonly pid: number;
  readonly leader_pid: number | null;
  readonly origin_id: number;
  readonly wait_id: number;
  readonly statement_id: number | null;
  readonly text_id: number | null;
  readonly query_age_us: number | null;
  readonly transaction_age_us: number | null;
  readonly xmin_age: number | null;
}
interface OriginRow {
  readonly database_name: string | null;
  readonly database_oid: string | null;
  readonly role_name: string | null;
  readonly role_oid: string | null;
  readonly application_name: string;
  readonly backend_type: string;
}
interface WaitRow {
  readonly state: string | null;
  readonly event_type: string | null;
  readonly event: string | null;
}

/** Puts the rows of samples together again; interned values are looked up once per reader. */
export function createRowReader(prepare: Prepare): (sampleId: number, atUs: number) => StoredActivityRow[] {
  const origin = once((id) => prepare<OriginRow>('select * from origin where origin_id = ?').get(id));
  const wait = once((id) => prepare<WaitRow>('select * from wait where wait_id = ?').get(id));
  const text = once((id) => {
    const row = prepare<{ body: PackedText }>('select body from text where text_id = ?').get(id);
    return row === undefined ? '' : unpackText(row.body);
  });
  const statement = once((id) =>
    prepare<{ queryid: string | null; text_id: number | null }>(
      'select queryid, text_id from statement where statement_id = ?',
    ).get(id),
  );
  const queryOf = (row: SampleRow): string => {
    const textId = row.text_id ?? (row.statement_id === null ? null : (statement(row.statement_id)?.text_id ?? null));
    return textId === null ? '' : text(textId);
  };
  const momentOf = (atUs: number, ageUs: number | null): number | null =>
    ageUs === null ? null : fromUs(atUs - ageUs);

  return (sampleId, atUs) => {
    const blockers = new Map<number, number[]>();
    for (const { row_number, blocker_pid } of prepare<{ row_number: number; blocker_pid: number }>(
      'select row_number, blocker_pid from sample_blocker where sample_id = ?',
    ).all(sampleId)) {
      blockers.set(row_number, [...(blockers.get(row_number) ?? []), blocker_pid]);
    }
    return prepare<SampleRow>('select * from sample_row where sample_id = ? order by row_number')
      .all(sampleId)
      .map((stored) => {
        const from = origin(stored.origin_id);
        const waits = wait(stored.wait_id);
        const row: ActivityRow = {
          pid: stored.pid,
          leaderPid: stored.leader_pid,
          databaseName: from?.database_name ?? null,
          databaseOid: from?.database_oid ?? null,
          roleName: from?.role_name ?? null,
          roleOid: from?.role_oid ?? null,
          applicationName: from?.application_name ?? '',
          backendType: from?.backend_type ?? '',
          state: waits?.state ?? null,
          waitEventType: waits?.event_type ?? null,
          waitEvent: waits?.event ?? null,
          queryid: stored.statement_id === null ? null : (statement(stored.statement_id)?.queryid ?? null),
          query: queryOf(stored),
          queryStartMs: momentOf(atUs, stored.query_age_us),
          xactStartMs: momentOf(atUs, stored.transaction_age_us),
          backendXminAge: stored.xmin_age,
          blockedByPids: blockers.get(stored.row_number) ?? [],
        };
        return { statementId: stored.statement_id === null ? null : String(stored.statement_id), row };
      });
  };
}

function once<V>(look: (id: number) => V): (id: number) => V {
  const known = new Map<number, V>();
  return (id) => {
    if (known.has(id)) return known.get(id) as V;
    const value = look(id);
    known.set(id, value);
    return value;
  };
}
