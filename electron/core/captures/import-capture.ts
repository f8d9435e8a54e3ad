import { capabilityNameSchema, type ServerFacts } from '../../../shared/model/connection.ts';
import type { Capture } from '../../../shared/model/history-usage.ts';
import type { ActivityRow, ServerCounters, StatementKey } from '../../../shared/model/sampling.ts';
import type { History, StoredConnection } from '../history/history.ts';
import { plainCounters } from '../history/counters.ts';
import { decodeInterval } from '../history/interval-blob.ts';
import { DamagedColumns } from '../history/packed-columns.ts';
import {
  headSchema,
  intervalSchema,
  recordKinds,
  sampleSchema,
  statementsSchema,
  type CaptureHead,
} from './capture-format.ts';
import { importedRollups, type CapturedStatement } from './import-rollups.ts';
import { damaged, parsed, parsedPacked, readCaptureFile, type CaptureRecord } from './read-capture.ts';

export interface Opened {
  readonly serverId: string;
  readonly capture: Capture;
}

/** Writes that are under way at a time: the writer's thread stays busy, and memory small. */
const writesAtATime = 64;

/** The first record of a file, which says what is in it. */
export async function readHead(file: string): Promise<CaptureHead> {
  for await (const record of readCaptureFile(file)) {
    if (record.kind !== 'head') break;
    return parsed(file, headSchema, record.bytes);
  }
  throw damaged(file, 'its first record does not say what it is');
}

/**
 * Takes a file over into the store as a server of its own, whole or not at all. A file that was opened before is not
 * read again. Throws `Failure('invalid_input')` for a file that is damaged, foreign or newer.
 */
export async function importCapture(
  history: History,
  file: string,
  sizeBytes: number,
): Promise<Opened & { readonly known: boolean }> {
  const head = await readHead(file);
  const capture: Capture = { ...head.capture, file, sizeBytes };
  const before = await history.captures.find(head.captureId);
  if (before !== null) return { serverId: before, capture, known: true };
  const { captureId, widgets, timeZone, experiments } = head;
  const hidden = await history.captures.begin({ captureId, capture, widgets, timeZone, experiments });
  try {
    await fill(history, hidden, file);
    for (const [fingerprint, value] of head.overrides) {
      await history.samples.setClassOverride(hidden, fingerprint, value);
    }
    const connection = connectionOf(head);
    await history.captures.finish(head.captureId, connection);
    return { serverId: connection.serverId, capture, known: false };
  } catch (error) {
    await history.captures.abandon(head.captureId);
    if (error instanceof DamagedColumns) throw damaged(file, error.message, error);
    throw error;
  }
}

async function fill(history: History, hidden: string, file: string): Promise<void> {
  const statements = new Map<number, CapturedStatement>();
  const rollups = importedRollups(history, hidden, file, statements);
  const writing = new Set<Promise<void>>();
  let failed: { readonly error: unknown } | null = null;
  const write = async (work: Promise<void>): Promise<void> => {
    const one = work
      .catch((error: unknown) => {
        failed ??= { error };
      })
      .finally(() => writing.delete(one));
    writing.add(one);
    if (writing.size >= writesAtATime) await Promise.race(writing);
  };
  const settle = async (): Promise<void> => {
    await Promise.all(writing);
    if (failed !== null) throw (failed as { readonly error: unknown }).error;
  };
  try {
    let place = 0;
    for await (const record of readCaptureFile(file)) {
      // Intervals and samples lie in the order of time, everything else in the order of the kinds.
      const now = recordKinds.indexOf(record.kind === 'sample' ? 'interval' : record.kind);
      if (now < place) throw damaged(file, 'its records are in disorder');
      place = now;
      if (failed !== null) break;
      if (record.kind === 'origins' || record.kind === 'rollup') {
        await settle();
        await rollups.take(record);
      } else {
        await write(takeRaw(history, hidden, file, statements, record));
      }
    }
    await rollups.end();
  } finally {
    await Promise.all(writing);
  }
  await settle();
}

async function takeRaw(
  history: History,
  hidden: string,
  file: string,
  statements: Map<number, CapturedStatement>,
  record: CaptureRecord,
): Promise<void> {
  if (record.kind === 'statements') {
    const batch = parsed(file, statementsSchema, record.bytes);
    for (const statement of batch) statements.set(statement.statementId, statement);
    const texts = batch.flatMap(({ key, text, databaseName, roleName }) =>
      key === null || text === null ? [] : [{ key, text, databaseName, roleName }],
    );
    if (texts.length > 0) await history.samples.saveTexts(hidden, texts);
  } else if (record.kind === 'interval') {
    const { head, rest } = parsedPacked(file, intervalSchema, record.bytes);
    const deltas = decodeInterval(rest, (id) => id).map(({ statementId, counters, discontinuity }) => ({
      key: keyOf(file, statements, Number(statementId)),
      counters: plainCounters(counters),
      discontinuity,
    }));
    const { server, replication, ...set } = head;
    await history.samples.saveDeltas(hidden, {
      ...set,
      server: server as unknown as ServerCounters | null,
      ...(replication === null ? {} : { replication }),
      deltas,
    });
  } else if (record.kind === 'sample') {
    const { atMs, rows } = parsed(file, sampleSchema, record.bytes);
    await history.samples.saveSample(hidden, { atMs, rows: rows satisfies readonly ActivityRow[] });
  }
}

function keyOf(file: string, statements: ReadonlyMap<number, CapturedStatement>, id: number): StatementKey {
  const key = statements.get(id)?.key ?? null;
  if (key === null) throw damaged(file, `statement ${id} is counted and not described`);
  return key;
}

/** There is nothing to connect to: the address is a word that no resolver knows. */
function connectionOf({ captureId, capture, environment, cores, facts }: CaptureHead): StoredConnection {
  const day = new Date(capture.fromMs).toISOString().slice(0, 10);
  return {
    serverId: `capture-${captureId}`,
    settings: {
      label: `${capture.label.slice(0, 90)} (capture of ${day})`,
      environment,
      host: 'capture.invalid',
      port: 5432,
      database: facts?.databaseName ?? 'capture',
      user: 'nobody',
      tlsMode: 'disable',
      tlsCaFile: null,
      passfile: null,
      cores,
      readModelSchema: 'reporting',
    },
    lastConnectedAtMs: null,
    lastFacts: facts === null ? null : factsOf(facts),
  };
}

const factsOf = ({ capabilities, ...facts }: NonNullable<CaptureHead['facts']>): ServerFacts => ({
  ...facts,
  // Nothing that would make it the same instance as a server of this profile.
  systemIdentifier: null,
  roleName: 'nobody',
  superuser: false,
  clockSkewMs: 0,
  capabilities: capabilities.flatMap(({ name, present }) => {
    const known = capabilityNameSchema.safeParse(name);
    return known.success
      ? [{ name: known.data, present, text: present ? 'Was there when it was sampled.' : 'Was missing.', action: null }]
      : [];
  }),
});
