import type Database from 'better-sqlite3';
import { prepareOnce } from './prepared.ts';
import { createRetention } from './retention.ts';
import { createAlertWriter } from './write-alerts.ts';
import { createCaptureWriter } from './write-captures.ts';
import { createConnectionWriter } from './write-connections.ts';
import { createDashboardWriter } from './write-dashboards.ts';
import { createExplainedWriter } from './write-explained.ts';
import { createExperimentWriter } from './write-experiments.ts';
import { createJournalWriter } from './write-journal.ts';
import { createOpenFindingWriter } from './write-open-findings.ts';
import { createProofWriter } from './write-proofs.ts';
import { createResultWriter } from './write-results.ts';
import { createRollupWriter } from './write-rollups.ts';
import { createSampleWriter } from './write-samples.ts';

/** Everything that writes to the store; each command is one transaction. */
export type WriterCommands = ReturnType<typeof createCommands>['commands'];
export type WriterCommandName = keyof WriterCommands;

export function createCommands(db: Database.Database) {
  const prepare = prepareOnce(db);
  const rollups = createRollupWriter(prepare);
  const samples = createSampleWriter(prepare, rollups);
  const retention = createRetention(prepare, db);
  const connections = createConnectionWriter(prepare);
  const captures = createCaptureWriter(prepare, { connections, rollups, interned: samples.interned });
  const commands = {
    ...connections,
    ...captures,
    finishCapture(...args: Parameters<typeof captures.finishCapture>): void {
      captures.finishCapture(...args);
      samples.forget();
    },
    ...createJournalWriter(prepare),
    ...createDashboardWriter(prepare),
    ...createResultWriter(prepare, db),
    ...createExperimentWriter(prepare),
    ...createExplainedWriter(prepare),
    ...createProofWriter(prepare),
    ...createOpenFindingWriter(prepare),
    ...createAlertWriter(prepare),
    saveDeltas: samples.saveDeltas,
    saveSample: samples.saveSample,
    saveLastSnapshot: samples.saveLastSnapshot,
    saveTexts: samples.saveTexts,
    setClassOverride: samples.setClassOverride,
    rollUp: rollups.rollUp,
    purgeRemoved(): boolean {
      samples.forget();
      return retention.purgeRemoved();
    },
    retain(nowMs: number): boolean {
      samples.forget();
      return retention.retain(nowMs);
    },
  };
  return { commands, forget: samples.forget };
}

/**
 * After a loss of power the last samples may be missing; a plan's journal, the activity log and settings may not.
 * (A killed process loses neither: WAL with synchronous = normal only leaves out the wait for the disk.)
 */
const unhurried: ReadonlySet<WriterCommandName> = new Set<WriterCommandName>([
  'saveDeltas',
  'saveSample',
  'saveLastSnapshot',
  'saveTexts',
  'saveResult',
  'saveModelRows',
  'removeModelRows',
  'saveWatched',
  'rollUp',
  'saveCapturedRollups',
  'captureOrigins',
  'purgeRemoved',
  'retain',
]);

export type RunCommand = <K extends WriterCommandName>(
  name: K,
  args: Parameters<WriterCommands[K]>,
) => ReturnType<WriterCommands[K]>;

/** Runs commands one at a time; a command that throws leaves nothing behind, in the file or in memory. */
export function createCommandRunner(db: Database.Database): RunCommand {
  const { commands, forget } = createCommands(db);
  let synchronous: 'normal' | 'full' | null = null;
  return (name, args) => {
    const wanted = unhurried.has(name) ? 'normal' : 'full';
    if (synchronous !== wanted) {
      db.pragma(`synchronous = ${wanted}`);
      synchronous = wanted;
    }
    const command = commands[name] as (...values: typeof args) => ReturnType<WriterCommands[typeof name]>;
    try {
      const value = db.transaction(() => command(...args)).immediate();
      // Until the log is emptied, what was sealed can still be read in it.
      if (name === 'sealResults' && value === false) db.pragma('wal_checkpoint(truncate)');
      return value;
    } catch (error) {
      forget();
      throw error;
    }
  };
}
