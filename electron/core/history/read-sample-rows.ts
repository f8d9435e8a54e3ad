import type { ActivityRow } from '../../../shared/model/sampling.ts';
import type { StoredActivityRow } from './history.ts';
import { idText } from './interval-blob.ts';
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

const nowhere: OriginRow = {
  database_name: null,
  database_oid: null,
  role_name: null,
  role_oid: null,
  application_name: '',
  backend_type: '',
};
const noWait: WaitRow = { state: null, event_type: null, event: null };

/**
 * Most questions to a sample never look at a text, and unpacking one takes as long as the rest of the row: it is read
 * when it is asked for, and `{ ...row }` has none.
 */
class StoredRow implements ActivityRow {
  readonly pid: number;
  readonly leaderPid: number | null;
  readonly databaseName: string | null;
  readonly databaseOid: string | null;
  readonly roleName: string | null;
  readonly roleOid: string | null;
  readonly applicationName: string;
  readonly backendType: string;
  readonly state: string | null;
  readonly waitEventType: string | null;
  readonly waitEvent: string | null;
  readonly queryid: string | null;
  readonly queryStartMs: number | null;
  readonly xactStartMs: number | null;
  readonly backendXminAge: number | null;
  readonly blockedByPids: readonly number[];
  readonly #query: { readonly textId: number; readonly read: (textId: number) => string } | null;

  constructor(
    { pid, leaderPid, xminAge, blockers }: PackedSampleRow,
    origin: OriginRow,
    { state, event_type: waitEventType, event: waitEvent }: WaitRow,
    known: Pick<ActivityRow, 'queryid' | 'queryStartMs' | 'xactStartMs'> & {
      readonly query: { readonly textId: number; readonly read: (textId: number) => string } | null;
    },
  ) {
    this.pid = pid;
    this.leaderPid = leaderPid;
    this.databaseName = origin.database_name;
    this.databaseOid = origin.database_oid;
    this.roleName = origin.role_name;
    this.roleOid = origin.role_oid;
    this.applicationName = origin.application_name;
    this.backendType = origin.backend_type;
    this.state = state;
    this.waitEventType = waitEventType;
    this.waitEvent = waitEvent;
    this.queryid = known.queryid;
    this.queryStartMs = known.queryStartMs;
    this.xactStartMs = known.xactStartMs;
    this.backendXminAge = xminAge;
    this.blockedByPids = blockers;
    this.#query = known.query;
  }

  get query(): string {
    return this.#query === null ? '' : this.#query.read(this.#query.textId);
  }

  toJSON(): ActivityRow {
    return { ...this, query: this.query };
  }
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
  const read = (textId: number): string => later(() => text(textId));
  const momentOf = (atUs: number, ageUs: number | null): number | null =>
    ageUs === null ? null : fromUs(atUs - ageUs);

  const restore = (stored: PackedSampleRow, atUs: number): StoredActivityRow => {
    const from = origin(stored.originId);
    const waits = wait(stored.waitId);
    const statementId = stored.statementId === null ? null : idOf(stored.statementId);
    const known = statementId === null ? undefined : statement(statementId);
    const textId = stored.textId ?? known?.text_id ?? null;
    const row = new StoredRow(stored, from ?? nowhere, waits ?? noWait, {
      queryid: known?.queryid ?? null,
      queryStartMs: momentOf(atUs, stored.queryAgeUs),
      xactStartMs: momentOf(atUs, stored.transactionAgeUs),
      query: textId === null ? null : { textId, read },
    });
    return { statementId: statementId === null ? null : idText(statementId), row };
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
