import { z } from 'zod';
import { captureSchema } from './history-usage.ts';

export const environmentSchema = z.enum(['production', 'staging', 'development', 'demo']);
export type Environment = z.infer<typeof environmentSchema>;

/** libpq's words: what is verified grows from left to right. */
export const tlsModeSchema = z.enum(['disable', 'prefer', 'require', 'verify-ca', 'verify-full']);
export type TlsMode = z.infer<typeof tlsModeSchema>;

/** How to reach one database. Holds no password: that one travels beside it, inwards only. */
export const connectionSettingsSchema = z.object({
  label: z.string().min(1).max(120),
  environment: environmentSchema,
  /** Host name, address, or the directory of a Unix socket (starts with '/'). */
  host: z.string().min(1),
  port: z.number().int().min(1).max(65535),
  database: z.string().min(1),
  user: z.string().min(1),
  tlsMode: tlsModeSchema,
  /** Path of a PEM file with the certificate authorities to trust; null: the system's. */
  tlsCaFile: z.string().nullable(),
  /** Path of a passfile; null: PGPASSFILE or ~/.pgpass. */
  passfile: z.string().nullable(),
  /** Cores of the server: PostgreSQL does not tell. null: estimated. */
  cores: z.number().int().positive().nullable(),
  /** Schema for read models. */
  readModelSchema: z.string().min(1).max(63),
  /** True: Daybreak changes nothing there. It looks, and exports what it would do as scripts. */
  readOnly: z.boolean().optional(),
});
export type ConnectionSettings = z.infer<typeof connectionSettingsSchema>;

/** One stage of the staged test, in order. */
export const testStageSchema = z.object({
  stage: z.enum(['name', 'tcp', 'tls', 'login', 'version', 'rights', 'extensions', 'role']),
  outcome: z.enum(['passed', 'warning', 'failed', 'skipped']),
  text: z.string(),
  /** The exact GRANT or setting that mends it. */
  action: z.string().nullable(),
  tookMs: z.number(),
});
export type TestStage = z.infer<typeof testStageSchema>;

/** Named abilities that a server and role may lack. What needs a missing one fails with capability_missing. */
export const capabilityNameSchema = z.enum([
  'statement_statistics', // pg_stat_statements installed, loaded and readable
  'all_statistics', // pg_read_all_stats (in pg_monitor): other roles' texts and queryids
  'registry', // may create schemas here, or the registry exists and is usable
  'primary', // not in recovery
  'session_state', // no transaction-pooling PgBouncer in between
]);
export type CapabilityName = z.infer<typeof capabilityNameSchema>;

export const capabilitySchema = z.object({
  name: capabilityNameSchema,
  present: z.boolean(),
  text: z.string(),
  action: z.string().nullable(),
});
export type Capability = z.infer<typeof capabilitySchema>;

export const serverFactsSchema = z.object({
  /** server_version_num, e.g. 180004. */
  versionNumber: z.number(),
  versionText: z.string(),
  systemIdentifier: z.string().nullable(),
  databaseName: z.string(),
  roleName: z.string(),
  superuser: z.boolean(),
  inRecovery: z.boolean(),
  timeZone: z.string(),
  /** Of the database, e.g. 'UTF8'; absent in facts of an older Daybreak. */
  encoding: z.string().optional(),
  /** Server clock minus this machine's clock, ms, measured at connect and whenever one of them was set. */
  clockSkewMs: z.number(),
  statementStatisticsVersion: z.string().nullable(),
  /** Processors, where the server runs on this very machine; null elsewhere, absent in facts of an older Daybreak. */
  machineCores: z.number().int().positive().nullable().optional(),
  capabilities: z.array(capabilitySchema),
});
export type ServerFacts = z.infer<typeof serverFactsSchema>;

export const serverSummarySchema = z.object({
  serverId: z.string(),
  settings: connectionSettingsSchema,
  state: z.enum(['disconnected', 'connecting', 'connected', 'lost']),
  /** Why it is disconnected or lost; what the start found unfinished. */
  notice: z.string().nullable(),
  facts: serverFactsSchema.nullable(),
  hasPassword: z.boolean(),
  lastConnectedAtMs: z.number().nullable(),
  /** When state is lost: when the next attempt runs. */
  nextAttemptAtMs: z.number().nullable(),
  /** Where the history is a capture of somebody else's server: there is nothing to connect to. */
  capture: captureSchema.nullable(),
});
export type ServerSummary = z.infer<typeof serverSummarySchema>;

export const samplerStatusSchema = z.object({
  serverId: z.string(),
  running: z.boolean(),
  mode: z.enum(['background', 'incident']),
  lastSampleAtMs: z.number().nullable(),
  lastSnapshotAtMs: z.number().nullable(),
  statements: z.number(),
  /** Server time of the sampler's own statements over wall time, percent of one core; null until measured. */
  ownCostPercent: z.number().nullable(),
  /** Why it is in incident mode: by hand, or what the incident rule saw; null in the background. */
  incidentReason: z.string().nullable(),
  storedBytes: z.number(),
  problem: z.string().nullable(),
});
export type SamplerStatus = z.infer<typeof samplerStatusSchema>;
