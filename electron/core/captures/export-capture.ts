import type { Capture } from '../../../shared/model/history-usage.ts';
import { Failure } from '../../../shared/model/failure.ts';
import type { TimeWindow } from '../diagnosis/input.ts';
import type {
  DetailedRollup,
  StoredConnection,
  StoredDeltas,
  StoredSample,
  StoredStatement,
} from '../history/history.ts';
import { encodeInterval } from '../history/interval-blob.ts';
import { encodeRollup } from '../history/rollup-blob.ts';
import { contentOf } from '../history/roll-up.ts';
import { earlierDays, reached, timeZoneOf, type InputSources } from '../mornings/gather-input.ts';
import { statementsRead } from '../mornings/statements-read.ts';
import { endedExperiments } from '../experiments/described.ts';
import { captureFormat, type CaptureHead, type RecordKind } from './capture-format.ts';
import { writeRecordFile, type RecordWriter } from './write-records.ts';

/** Everything that a verdict over the window is made of, on the machine where it was sampled. */
interface Captured {
  readonly statements: readonly StoredStatement[];
  readonly deltas: readonly StoredDeltas[];
  readonly samples: readonly StoredSample[];
  readonly rollups: readonly DetailedRollup[];
}

/** Statements in one record: some hundred kilobytes. */
const statementsARecord = 500;

/**
 * Writes a window with the quiet time around it, and the same hours of earlier days, so that a verdict elsewhere rests
 * on what it rests on here. Throws `Failure('not_found')` where nothing is stored of the window.
 */
export async function exportCapture(
  sources: InputSources,
  serverId: string,
  window: TimeWindow,
  { file, takenAtMs }: { readonly file: string; readonly takenAtMs: number },
): Promise<Omit<Capture, 'file' | 'sizeBytes'>> {
  const { history, servers, dashboards } = sources;
  const connection = await servers.stored(serverId);
  const captured = await gather(sources, serverId, window);
  const overrides = [...(await history.samples.classOverrides(serverId))];
  const capture = {
    label: connection.settings.label,
    ...spanOf(captured, window),
    takenAtMs,
    statements: captured.statements.length,
    samples: captured.samples.length,
  };
  const widgets = [...(await dashboards.widgetReferences(serverId)), ...(connection.capture?.widgets ?? [])];
  const ended = endedExperiments(await history.experiments.list(serverId));
  const head: CaptureHead = {
    captureId: crypto.randomUUID(),
    capture,
    ...describe(connection),
    timeZone: timeZoneOf(connection),
    experiments: [...ended, ...(connection.capture?.experiments ?? [])].map((one) => ({ endedEarly: false, ...one })),
    overrides,
    widgets,
  };
  const origins = await history.samples.origins();
  await writeRecordFile(file, captureFormat, async (writer) => {
    await writer.json('head', head);
    await writeStatements(writer, captured.statements);
    await writeRaw(writer, captured);
    await writeRollups(writer, captured.rollups, [...origins.values()]);
    await writer.json('end', null);
  });
  return capture;
}

async function gather({ history }: InputSources, serverId: string, window: TimeWindow): Promise<Captured> {
  const { samples } = history;
  const { fromMs: from, toMs: to } = reached(window);
  const earlier = await earlierDays(history, serverId, window);
  const captured = {
    statements: await statementsRead(samples, serverId, { sinceMs: from, earlier }),
    deltas: await samples.deltas(serverId, from, to),
    samples: await samples.samples(serverId, from, to),
    rollups: [
      ...earlier,
      ...(await samples.rollups(serverId, 'minute', from, to)),
      ...(await samples.rollups(serverId, 'hour', from, to)),
    ],
  };
  const within = (one: TimeWindow) => one.toMs > window.fromMs && one.fromMs < window.toMs;
  const found =
    captured.samples.some(({ atMs }) => atMs >= window.fromMs && atMs <= window.toMs) ||
    captured.deltas.some(within) ||
    captured.rollups.some(within);
  if (found) return captured;
  throw new Failure({
    code: 'not_found',
    message: 'Nothing is stored of this window: there is nothing to capture. Choose one inside the stored history.',
    detail: { ...window },
  });
}

/** The window, as far as there is anything in it. */
function spanOf({ samples, deltas, rollups }: Captured, { fromMs, toMs }: TimeWindow): TimeWindow {
  const begins = [...deltas, ...rollups].map((one) => one.fromMs).concat(samples.map(({ atMs }) => atMs));
  const ends = [...deltas, ...rollups].map((one) => one.toMs).concat(samples.map(({ atMs }) => atMs));
  const first = begins.reduce((least, at) => Math.min(least, at), Infinity);
  const last = ends.reduce((most, at) => Math.max(most, at), -Infinity);
  return { fromMs: Math.max(fromMs, first), toMs: Math.min(toMs, last) };
}

/** What the diagnosis needs of the server, and nothing that would lead to it. */
function describe({ settings, lastFacts }: StoredConnection): Pick<CaptureHead, 'environment' | 'cores' | 'facts'> {
  const facts =
    lastFacts === null
      ? null
      : {
          versionNumber: lastFacts.versionNumber,
          versionText: lastFacts.versionText,
          inRecovery: lastFacts.inRecovery,
          databaseName: lastFacts.databaseName,
          timeZone: lastFacts.timeZone,
          statementStatisticsVersion: lastFacts.statementStatisticsVersion,
          capabilities: lastFacts.capabilities.map(({ name, present }) => ({ name, present })),
        };
  return { environment: settings.environment, cores: settings.cores ?? lastFacts?.machineCores ?? null, facts };
}

async function writeStatements(
  writer: RecordWriter<RecordKind>,
  statements: readonly StoredStatement[],
): Promise<void> {
  for (let at = 0; at < statements.length; at += statementsARecord) {
    const batch = statements
      .slice(at, at + statementsARecord)
      .map((statement) => ({ ...statement, statementId: Number(statement.statementId) }));
    await writer.json('statements', batch);
  }
}

/** In the order of time: whoever opens it makes each minute once. */
async function writeRaw(writer: RecordWriter<RecordKind>, { deltas, samples }: Captured): Promise<void> {
  let next = 0;
  for (const sample of samples) {
    for (; (deltas[next]?.toMs ?? Infinity) <= sample.atMs; next += 1) await writeInterval(writer, deltas[next]);
    await writer.json('sample', { atMs: sample.atMs, rows: sample.rows.map(({ row }) => row) });
  }
  for (; next < deltas.length; next += 1) await writeInterval(writer, deltas[next]);
}

async function writeInterval(writer: RecordWriter<RecordKind>, stored: StoredDeltas | undefined): Promise<void> {
  if (stored === undefined) return;
  const { deltas, fromMs, toMs, deallocs, resets, coverage } = stored;
  const head = {
    fromMs,
    toMs,
    deallocs,
    resets,
    coverage,
    idleInTransactionMs: stored.idleInTransactionMs ?? null,
    server: stored.server ?? null,
    replication: stored.replication ?? null,
    restarted: stored.restarted ?? false,
    clockSetByMs: stored.clockSetByMs ?? 0,
  };
  const rows = deltas
    .map(({ statementId, counters, discontinuity }) => ({ statementId: Number(statementId), counters, discontinuity }))
    .toSorted((a, b) => a.statementId - b.statementId);
  await writer.packed('interval', head, encodeInterval(rows));
}

async function writeRollups(
  writer: RecordWriter<RecordKind>,
  rollups: readonly DetailedRollup[],
  origins: readonly { readonly originId: number }[],
): Promise<void> {
  const used = new Set(rollups.flatMap(({ seen }) => [...seen.originIds]));
  await writer.json(
    'origins',
    origins.filter(({ originId }) => used.has(originId)),
  );
  for (const rollup of rollups) {
    const { body, more } = encodeRollup(contentOf(rollup));
    const { tier, fromMs, toMs, samples, deallocs, resets, coverage, idleInTransactionMs } = rollup;
    const { endedIdleMs, lockWaits, onCpu } = rollup;
    const head = { tier, fromMs, toMs, samples, deallocs, resets, coverage, idleInTransactionMs };
    await writer.packed('rollup', { ...head, endedIdleMs, lockWaits, onCpu, bodyBytes: body.length }, body, more);
  }
}
