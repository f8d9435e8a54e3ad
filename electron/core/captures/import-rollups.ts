import type { StatementKey } from '../../../shared/model/sampling.ts';
import type { ImportedRollup } from '../history/capture-store.ts';
import type { History } from '../history/history.ts';
import { readRollup } from '../history/rollup-blob.ts';
import { contentOf, type RollupContent } from '../history/roll-up.ts';
import { originsSchema, rollupSchema } from './capture-format.ts';
import { damaged, parsed, parsedPacked, type CaptureRecord } from './read-capture.ts';

export interface CapturedStatement {
  readonly key: StatementKey | null;
  readonly databaseName: string | null;
  readonly roleName: string | null;
  readonly fingerprint: string;
}

/** Minutes and hours of one command: some megabytes. */
const rollupsAtATime = 60;

/**
 * Takes minutes and hours over, with the ids that statements and origins have here. Raw history must be stored by then:
 * it made the statements that are known by their text alone, and its own minutes, which stay.
 */
export function importedRollups(
  history: History,
  hidden: string,
  file: string,
  statements: ReadonlyMap<number, CapturedStatement>,
) {
  const origins = new Map<number, number>();
  let ids: ReadonlyMap<number, number> | null = null;
  let batch: ImportedRollup[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await history.captures.saveRollups(hidden, batch);
    batch = [];
  };
  return {
    async take(record: CaptureRecord): Promise<void> {
      if (record.kind === 'origins') {
        const theirs = parsed(file, originsSchema, record.bytes);
        const ours = await history.captures.originIds(theirs);
        for (const [place, { originId }] of theirs.entries()) origins.set(originId, ours[place] ?? 0);
        return;
      }
      ids ??= await idsHere(history, hidden, statements);
      batch.push(translate(file, record.bytes, ids, origins));
      if (batch.length >= rollupsAtATime) await flush();
    },
    end: flush,
  };
}

function translate(
  file: string,
  bytes: Buffer,
  ids: ReadonlyMap<number, number>,
  origins: ReadonlyMap<number, number>,
): ImportedRollup {
  const { head, rest } = parsedPacked(file, rollupSchema, bytes);
  const { bodyBytes, ...numbers } = head;
  if (bodyBytes > rest.length) throw damaged(file, 'a minute is too short');
  const packed = { ...numbers, body: rest.subarray(0, bodyBytes), idOf: null };
  const content = contentOf(readRollup(packed, numbers, rest.subarray(bodyBytes)));
  const booked = [...content.booked].flatMap(([id, sums]): [number, Float64Array][] => {
    const known = ids.get(id);
    return known === undefined ? [] : [[known, sums]];
  });
  const seen = content.seen.map((one) => ({
    ...one,
    // 0 stands for a statement that cannot be told.
    statementId: ids.get(one.statementId) ?? 0,
    originId: origins.get(one.originId) ?? 0,
  }));
  const translated: RollupContent = { ...content, booked: new Map(booked), seen };
  return { tier: head.tier, fromMs: head.fromMs, content: translated };
}

/** From their statement ids to ours: by key, or by text where there is none. */
async function idsHere(
  history: History,
  hidden: string,
  statements: ReadonlyMap<number, CapturedStatement>,
): Promise<Map<number, number>> {
  const ours = new Map(
    (await history.samples.statements(hidden)).map((statement) => [nameOf(statement), Number(statement.statementId)]),
  );
  return new Map(
    [...statements].flatMap(([id, statement]): [number, number][] => {
      const known = ours.get(nameOf(statement));
      return known === undefined ? [] : [[id, known]];
    }),
  );
}

const nameOf = ({ key, databaseName, roleName, fingerprint }: CapturedStatement): string =>
  key === null
    ? JSON.stringify([databaseName, roleName, fingerprint])
    : JSON.stringify([key.databaseOid, key.roleOid, key.queryid, key.toplevel]);
