import { stat } from 'node:fs/promises';
import type { Logger } from '../ports.ts';
import type { History } from './history.ts';
import type { Migrated } from './migrate.ts';
import { prepareOnce } from './prepared.ts';
import { createAlertReader } from './read-alerts.ts';
import { findCapture } from './read-captures.ts';
import { createConnectionReader } from './read-connections.ts';
import { createDashboardReader } from './read-dashboards.ts';
import { createExplainedReader } from './read-explained.ts';
import { createExperimentReader } from './read-experiments.ts';
import { createJournalReader } from './read-journal.ts';
import { createOpenFindingReader } from './read-open-findings.ts';
import { createProofReader } from './read-proofs.ts';
import { createOfflineCache } from './offline-cache-store.ts';
import { createSampleReader } from './read-samples.ts';
import { createStatementReader } from './read-statements.ts';
import { readUsage } from './read-usage.ts';
import { noJournal, storeState } from './rescued-words.ts';
import { encodeEntries } from './snapshot-blob.ts';
import { spareOf } from './spare-numbers.ts';
import { closedFailure, openReader, removeStore, storageFailure } from './sqlite.ts';
import { startStoreAt, type StartedStore } from './start-store.ts';
import type { Writer } from './writer.ts';

export interface HistoryOptions {
  readonly file: string;
  readonly logger: Logger;
  /** Of `file`, where it was started before; left out: it is started here. */
  readonly started?: StartedStore | undefined;
  /** The store was brought to a newer step, or made. */
  readonly onMigrated?: (migrated: Migrated) => void;
  /** What the person should know, when the store was damaged, lost, or is a newer Daybreak's. */
  readonly onNotice?: (notice: string) => void;
}

/**
 * Opens the local store: the writer in its thread, the readers here. Throws `Failure('not_available')` below Node-API
 * 10, and `Failure('storage_failed')` for a file of another program, and where nothing can be written. A damaged file is
 * moved aside to `<file>.corrupt-<time>` and said; one of a newer Daybreak is left as it is, and what it tells is shown out
 * of a stand-in that goes with this engine. One engine has a profile, so runs and
 * statements that are still 'running' in the store belong to one that was killed: they are ended here.
 */
export async function openHistory(options: HistoryOptions): Promise<History> {
  const writer = await (options.started ?? startStoreAt(options)).writer;
  report(options, writer);
  await writer.write('endOrphans', Date.now());
  await writer.write('abandonCaptures');
  const { file } = writer;
  const db = openReader(file);
  const prepare = prepareOnce(db);
  let closing: Promise<void> | null = null;
  const readNow = <T>(work: () => T): T => {
    if (closing !== null) throw closedFailure(file);
    try {
      return work();
    } catch (error) {
      throw storageFailure(error, file);
    }
  };
  const connections = createConnectionReader(prepare);
  const samples = createSampleReader(prepare, readNow);
  const statements = createStatementReader(prepare, readNow);
  const journal = createJournalReader(prepare);
  const dashboards = createDashboardReader(prepare);
  const offline = createOfflineCache(prepare, { read: (work) => read(work), writer });
  const experiments = createExperimentReader(prepare);
  const explained = createExplainedReader(prepare);
  const proofs = createProofReader(prepare);
  const openFindings = createOpenFindingReader(prepare);
  const alerts = createAlertReader(prepare);

  const read = async <T>(work: () => T | Promise<T>): Promise<T> => {
    try {
      return await readNow(work);
    } catch (error) {
      throw storageFailure(error, file);
    }
  };
  // What a killed engine left behind its mark; batch by batch, so that samples are written in between.
  const catchUp = async (): Promise<void> => {
    while (closing === null && (await writer.write('rollUp', Date.now())));
  };
  const caughtUp = catchUp().catch((error: unknown) => {
    if (closing === null)
      options.logger.warn({ error }, 'minutes of earlier samples could not be made; the next start tries again');
  });
  const state = storeState(options.file, writer.rescued);
  const journaled = async (write: () => Promise<void>): Promise<void> => {
    if (!state.kept) throw noJournal(options.file);
    await write();
  };
  const storeBytes = (): Promise<number> => sizeOf([file, `${file}-wal`, spareOf(file)]);
  /** Batch by batch, so that samples are written in between. */
  const retain = async (nowMs: number): Promise<void> => {
    while (await writer.write('retain', nowMs));
  };

  return {
    state,
    connections: {
      list: () => read(() => connections.connections()),
      get: (serverId) => read(() => connections.connection(serverId)),
      sharing: async () => [],
      save: (connection) => writer.write('saveConnection', connection),
      knownHolds: (serverId) => read(() => connections.knownHolds(serverId)),
      saveKnownHolds: (serverId, holds) => writer.write('saveKnownHolds', serverId, holds),
      remove: async (serverId) => {
        await writer.write('removeConnection', serverId);
        while (await writer.write('purgeRemoved'));
      },
    },
    samples: {
      saveDeltas: (serverId, set) => writer.write('saveDeltas', serverId, set),
      saveSample: (serverId, sample) => writer.write('saveSample', serverId, sample),
      lastSnapshot: (serverId) => read(() => samples.lastSnapshot(serverId)),
      saveLastSnapshot: (serverId, { entries, ...head }) =>
        writer.write('saveLastSnapshot', serverId, { ...head, entries: encodeEntries(entries) }),
      keysWithoutText: (serverId) => read(() => statements.keysWithoutText(serverId)),
      saveTexts: (serverId, texts) => writer.write('saveTexts', serverId, texts, Date.now()),
      statements: (serverId, sinceMs = 0) => read(() => statements.statements(serverId, sinceMs)),
      statementsById: (serverId, statementIds) => read(() => statements.statementsById(serverId, statementIds)),
      statementCount: (serverId) => read(() => statements.statementCount(serverId)),
      deltas: (serverId, fromMs, toMs) => read(() => samples.deltas(serverId, fromMs, toMs)),
      samples: (serverId, fromMs, toMs) => read(() => samples.samples(serverId, fromMs, toMs)),
      rollups: (serverId, tier, fromMs, toMs) => read(() => samples.rollups(serverId, tier, fromMs, toMs)),
      packedRollups: (serverId, tier, fromMs, toMs) => read(() => samples.packedRollups(serverId, tier, fromMs, toMs)),
      origins: () => read(() => samples.origins()),
      extent: (serverId) => read(() => samples.extent(serverId)),
      classOverrides: (serverId) => read(() => samples.classOverrides(serverId)),
      setClassOverride: (serverId, fingerprint, value) =>
        writer.write('setClassOverride', serverId, fingerprint, value, Date.now()),
    },
    openFindings: {
      list: (serverId) => read(() => openFindings.openFindings(serverId)),
      save: (serverId, findings, nowMs) => writer.write('saveOpenFindings', serverId, findings, nowMs),
      followFingerprints: (serverId) => writer.write('followFingerprints', serverId),
      setDismissed: (serverId, fingerprint, dismissed) =>
        writer.write('setFindingDismissed', serverId, fingerprint, dismissed),
      saveWatched: (serverId, watched) => writer.write('saveWatched', serverId, watched),
      runs: (serverId) => read(() => openFindings.openFindingRuns(serverId)),
      statementsOf: (serverId, fingerprints) => read(() => openFindings.statementsOf(serverId, fingerprints)),
      watchedMinutes: (serverId, afterMs) => read(() => openFindings.watchedMinutes(serverId, afterMs)),
      watchedMinuteCount: (serverId, afterMs) => read(() => openFindings.watchedMinuteCount(serverId, afterMs)),
    },
    plans: {
      save: (plan) => journaled(() => writer.write('savePlan', plan)),
      get: (planId) => read(() => journal.plan(planId)),
      list: (serverId) => read(() => journal.plans(serverId)),
      setState: (planId, state) => writer.write('setPlanState', planId, state),
      saveExecution: (execution) => journaled(() => writer.write('saveExecution', execution)),
      execution: (planId) => read(() => journal.execution(planId)),
      unfinished: (serverId) => read(() => journal.unfinished(serverId)),
      saveRun: (serverId, run) => writer.write('saveRun', serverId, run),
      runs: (serverId, readModel, limit) => read(() => journal.runs(serverId, readModel, limit)),
    },
    activity: {
      begin: (entry) => writer.write('beginActivity', entry),
      end: (entryId, result) => writer.write('endActivity', entryId, result),
      list: (serverId, limit, beforeEntryId) => read(() => journal.activity(serverId, limit, beforeEntryId)),
    },
    dashboards: {
      save: (dashboard) => writer.write('saveDashboard', dashboard),
      get: (dashboardId) => read(() => dashboards.dashboard(dashboardId)),
      list: (serverId) => read(() => dashboards.dashboards(serverId)),
      setAside: (dashboardId, atMs) => writer.write('setAsideDashboard', dashboardId, atMs),
      removed: (serverId, sinceMs) => read(() => dashboards.removedDashboards(serverId, sinceMs)),
      saveRemoved: (dashboard) => writer.write('saveRemovedDashboard', dashboard),
      putBack: (dashboard) => writer.write('putBackDashboard', dashboard),
      remove: (dashboardId) => writer.write('removeDashboard', dashboardId),
      shipped: (serverId, dashboardId) => read(() => dashboards.shippedDashboard(serverId, dashboardId)),
      saveShipped: (dashboard) => writer.write('saveShippedDashboard', dashboard),
      saveResult: (dashboardId, sourceHash, data, storedAtMs, filterKey = '') =>
        writer.write('saveResult', dashboardId, sourceHash, data, storedAtMs, filterKey),
      lastResult: (dashboardId, widgetId, sourceHash, filterKey = '') =>
        offline.lastResult({ dashboardId, widgetId, sourceHash, filterKey }),
    },
    results: offline.results,
    modelRows: offline.modelRows,
    offlineCache: offline.offlineCache,
    explained: {
      save: (serverId, fingerprint, plan) => writer.write('saveExplained', serverId, fingerprint, plan),
      get: (serverId, explainId) => read(() => explained.explained(serverId, explainId)),
      list: (serverId, fingerprint, limit) => read(() => explained.explainedOf(serverId, fingerprint, limit)),
      sampledTexts: (serverId, fingerprint) => read(() => explained.sampledTexts(serverId, fingerprint)),
    },
    proofs: {
      save: (serverId, proof) => writer.write('saveProof', serverId, proof),
      get: (serverId, proofHash) => read(() => proofs.proof(serverId, proofHash)),
    },
    alerts: {
      channels: () => read(() => alerts.alertChannels()),
      saveChannel: (channel) => writer.write('saveAlertChannel', channel),
      removeChannel: (channelId) => writer.write('removeAlertChannel', channelId),
      drop: (serverId, episodeIds) => writer.write('dropAlertEpisodes', serverId, episodeIds),
      ledger: (serverId) => ({
        read: (recoveredSinceMs) => read(() => alerts.alertLedger(serverId, recoveredSinceMs)),
        open: (episodes) => writer.write('openAlertEpisodes', serverId, episodes),
        raise: (episodes, atMs) => writer.write('raiseAlertEpisodes', serverId, episodes, atMs),
        seen: (episodeIds, atMs) => writer.write('seenAlertEpisodes', serverId, episodeIds, atMs),
        close: (episodes) => writer.write('closeAlertEpisodes', serverId, episodes),
        acknowledge: (episodeId, value) => writer.write('acknowledgeAlertEpisode', serverId, episodeId, value),
        snooze: (episodeId, untilMs) => writer.write('snoozeAlertEpisode', serverId, episodeId, untilMs),
        plan: (deliveries) => writer.write('planAlertDeliveries', serverId, deliveries),
        claim: (deliveries, by, nowMs, untilMs) =>
          writer.write('claimAlertDeliveries', serverId, deliveries, by, nowMs, untilMs),
        settle: (deliveryIds, by, result) => writer.write('settleAlertDeliveries', serverId, deliveryIds, by, result),
        revive: (deliveryIds, atMs) => writer.write('reviveAlertDeliveries', serverId, deliveryIds, atMs),
        forget: (recoveredBeforeMs) => writer.write('forgetAlertEpisodes', serverId, recoveredBeforeMs),
      }),
    },
    experiments: {
      list: (serverId) => read(() => experiments.experiments(serverId)),
      save: (record) => writer.write('saveExperiment', record),
    },
    captures: {
      find: (captureId) => read(() => findCapture(prepare, captureId)),
      begin: (opened) => writer.write('beginCapture', opened),
      saveRollups: (hiddenServerId, rollups) => writer.write('saveCapturedRollups', hiddenServerId, rollups),
      originIds: (origins) => writer.write('captureOrigins', origins),
      finish: (captureId, connection) => writer.write('finishCapture', captureId, connection),
      abandon: async (captureId) => {
        await writer.write('abandonCapture', captureId);
        while (await writer.write('purgeRemoved'));
      },
    },
    applyRetention: retain,
    usage: async (serverId) => ({
      ...(await read(() => readUsage(prepare, serverId))),
      storeBytes: await storeBytes(),
    }),
    sizeBytes: storeBytes,
    close: () => {
      closing ??= (async () => {
        await caughtUp;
        // The writer's is the last one, and takes the log away: one that is found makes the next start look for damage.
        db.close();
        await writer.close();
        if (!state.kept) removeStore(file);
      })();
      return closing;
    },
  };
}

function report({ file, logger, onMigrated, onNotice }: HistoryOptions, { migrated, rescued }: Writer): void {
  const { notice } = storeState(file, rescued);
  if (notice !== null) {
    logger.warn({ file, movedTo: rescued?.movedTo }, notice);
    onNotice?.(notice);
  }
  if (migrated !== null) {
    logger.info({ file, ...migrated }, 'local store migrated');
    onMigrated?.(migrated);
  }
}

async function sizeOf(files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(
    files.map((file) =>
      stat(file).then(
        (found) => found.size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
