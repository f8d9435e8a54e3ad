import { z } from 'zod';
import { captureSchema } from '../../../shared/model/history-usage.ts';
import { endedExperimentSchema } from '../history/read-captures.ts';
import { statementClassSchema } from '../../../shared/model/statement.ts';
import type { RecordFormat } from './record-file.ts';

/**
 * A capture (record-file.ts). Inside are the texts of statements and, of some, with the constants of the sample: it says
 * what an ERP was asked for. Host names, users and passwords of the connection are not in it.
 */
export const recordKinds = ['head', 'statements', 'interval', 'sample', 'origins', 'rollup'] as const;
export type RecordKind = (typeof recordKinds)[number];

export const captureFormat: RecordFormat<RecordKind> = {
  title: 'Daybreak capture',
  noun: 'capture',
  version: 1,
  kinds: [...recordKinds, 'end'],
  hint: 'Captures end in .daybreak and are written by "Send this morning".',
};

function isTimeZone(timeZone: string): boolean {
  try {
    return Intl.DateTimeFormat('en-GB', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

export const headSchema = z.object({
  captureId: z.uuid(),
  capture: captureSchema.omit({ file: true, sizeBytes: true }),
  environment: z.enum(['production', 'staging', 'development', 'demo']),
  cores: z.number().int().positive().nullable(),
  facts: z
    .object({
      versionNumber: z.number(),
      versionText: z.string(),
      inRecovery: z.boolean(),
      databaseName: z.string(),
      timeZone: z.string(),
      statementStatisticsVersion: z.string().nullable(),
      capabilities: z.array(z.object({ name: z.string(), present: z.boolean() })),
    })
    .nullable(),
  /** Both absent in captures of older versions. */
  timeZone: z.string().refine(isTimeZone).optional(),
  experiments: z.array(endedExperimentSchema).optional(),
  overrides: z.array(z.tuple([z.string(), statementClassSchema])),
  widgets: z.array(
    z.object({
      widgetId: z.string(),
      fingerprint: z.string(),
      widgetTitle: z.string().optional(),
      dashboardTitle: z.string().optional(),
    }),
  ),
});
export type CaptureHead = z.infer<typeof headSchema>;

const keySchema = z.object({
  databaseOid: z.string(),
  roleOid: z.string(),
  queryid: z.string().regex(/^-?\d+$/),
  toplevel: z.boolean(),
});
export const statementsSchema = z.array(
  z.object({
    statementId: z.number().int().positive(),
    key: keySchema.nullable(),
    databaseName: z.string().nullable(),
    roleName: z.string().nullable(),
    text: z.string().nullable(),
    /** The text is the one of pg_stat_statements. */
    fingerprint: z.string(),
  }),
);
export const originsSchema = z.array(
  z.object({
    originId: z.number().int(),
    applicationName: z.string(),
    roleName: z.string().nullable(),
    databaseName: z.string().nullable(),
    backendType: z.string(),
  }),
);

const serverSchema = z.record(z.string(), z.number().nullable());
const replicationSchema = z.array(
  z.object({
    applicationName: z.string(),
    state: z.string(),
    replayLagMs: z.number().nullable(),
    replayLagBytes: z.number().nullable(),
  }),
);
/** In front of the packed deltas (history/interval-blob.ts). */
export const intervalSchema = z.object({
  fromMs: z.number(),
  toMs: z.number(),
  deallocs: z.number().nullable(),
  resets: z.number(),
  coverage: z.number().nullable(),
  idleInTransactionMs: z.number().nullable(),
  server: serverSchema.nullable(),
  replication: replicationSchema.nullable(),
  restarted: z.boolean(),
  clockSetByMs: z.number(),
});
const moment = z.number().nullable();
export const sampleSchema = z.object({
  atMs: z.number(),
  rows: z.array(
    z.object({
      pid: z.number(),
      leaderPid: z.number().nullable(),
      databaseName: z.string().nullable(),
      databaseOid: z.string().nullable(),
      roleName: z.string().nullable(),
      roleOid: z.string().nullable(),
      applicationName: z.string(),
      backendType: z.string(),
      state: z.string().nullable(),
      waitEventType: z.string().nullable(),
      waitEvent: z.string().nullable(),
      queryid: z.string().nullable(),
      query: z.string(),
      queryStartMs: moment,
      xactStartMs: moment,
      backendXminAge: z.number().nullable(),
      blockedByPids: z.array(z.number()),
    }),
  ),
});
/** In front of the two packed halves (history/rollup-blob.ts); `bodyBytes` says where the second begins. */
export const rollupSchema = z.object({
  tier: z.enum(['minute', 'hour']),
  fromMs: z.number(),
  toMs: z.number(),
  samples: z.number(),
  deallocs: z.number().nullable(),
  resets: z.number(),
  coverage: z.number().nullable(),
  idleInTransactionMs: z.number().nullable(),
  endedIdleMs: z.number(),
  lockWaits: z.number(),
  onCpu: z.number(),
  bodyBytes: z.number().int(),
});
