import type { ActivityRow } from '../../../shared/model/sampling.ts';
import type { StoredActivityRow } from './history.ts';
import { fromUs } from './moments.ts';
import { unpackText, type PackedText } from './packed-text.ts';
import type { Prepare } from './prepared.ts';
import { decodeSample, type PackedSampleRow } from './sample-blob.ts';

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

/** How a text is read after the reader returned: with the failures of a read, e.g. of a store that was closed since. */
export type Later = <T>(work: () => T) => T;

/** Puts the rows of samples together again; interned values are looked up once per reader. */
export function createRowReader(
  prepare: Prepare,
  idOf: (statementId: number) => number,
  later: Later,
): (sampleId: number, atUs: number, packed: Buffer | null) => StoredActivityRow[] {
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
  const momentOf = (atUs: number, ageUs: number | null): number | null =>
    ageUs === null ? null : fromUs(atUs - ageUs);

  const restore = (stored: PackedSampleRow, atUs: number): StoredActivityRow => {
    const from = origin(stored.originId);
    const waits = wait(stored.waitId);
    const statementId = stored.statementId === null ? null : idOf(stored.statementId);
    const known = statementId === null ? undefined : statement(statementId);
    const textId = stored.textId ?? known?.text_id ?? null;
    const row: ActivityRow = {
      pid: stored.pid,
      leaderPid: stored.leaderPid,
      databaseName: from?.database_name ?? null,
      databaseOid: from?.database_oid ?? null,
      roleName: from?.role_name ?? null,
      roleOid: from?.role_oid ?? null,
      applicationName: from?.application_name ?? '',
      backendType: from?.backend_type ?? '',
      state: waits?.state ?? null,
      waitEventType: waits?.event_type ?? null,
      waitEvent: waits?.event ?? null,
      queryid: known?.queryid ?? null,
      // Most questions to a sample never look at a text, and unpacking one takes as long as the rest of the row.
      get query() {
        return textId === null ? '' : later(() => text(textId));
      },
      queryStartMs: momentOf(atUs, stored.queryAgeUs),
      xactStartMs: momentOf(atUs, stored.transactionAgeUs),
      backendXminAge: stored.xminAge,
      blockedByPids: stored.blockers,
    };
    return { statementId: statementId === null ? null : String(statementId), row };
  };
  return (sampleId, atUs, packed) => {
    return readPackedRows(prepare, sampleId, packed).map((row) => restore(row, atUs));
  };
}

export const readPackedRows = (prepare: Prepare, sampleId: number, packed: Buffer | null): PackedSampleRow[] =>
  packed === null ? rowsBefore6(prepare, sampleId) : decodeSample(packed);

/** Samples that a store of version 5 wrote. */
function rowsBefore6(prepare: Prepare, sampleId: number): PackedSampleRow[] {
  const blockers = new Map<number, number[]>();
  for (const { row_number, blocker_pid } of prepare<{ row_number: number; blocker_pid: number }>(
    'select row_number, blocker_pid from sample_blocker where sample_id = ?',
  ).all(sampleId)) {
    blockers.set(row_number, [...(blockers.get(row_number) ?? []), blocker_pid]);
  }
  return prepare<SampleRow>('select * from sample_row where sample_id = ? order by row_number')
    .all(sampleId)
    .map((row) => ({
      pid: row.pid,
      leaderPid: row.leader_pid,
      originId: row.origin_id,
      waitId: row.wait_id,
      statementId: row.statement_id,
      textId: row.text_id,
      queryAgeUs: row.query_age_us,
      transactionAgeUs: row.transaction_age_us,
      xminAge: row.xmin_age,
      blockers: blockers.get(row.row_number) ?? [],
    }));
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
