import { z } from 'zod';
import { captureSchema } from './history-usage.ts';
import { tunnelSchema } from './tunnel.ts';

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
  /** The SSH server that the connection goes through; host, port and socket are then as that server sees them. */
  tunnel: tunnelSchema.optional(),
  /** True: Daybreak changes nothing there. It looks, and exports what it would do as scripts. */
  readOnly: z.boolean().optional(),
  /** True: windows show the dashboards alone. What a reader may see is decided by its role's grants, not by this. */
  executive: z.boolean().optional(),
  /** True: this engine refreshes read models there by their schedules, for as long as it runs. */
  runsRefreshes: z.boolean().optional(),
});
export type ConnectionSettings = z.infer<typeof connectionSettingsSchema>;

/** One stage of the staged test, in order. Through a tunnel those of SSH come first, for one server after the other. */
export const testStageSchema = z.object({
  stage: z.enum([
    'ssh_name',
    'ssh_tcp',
    'ssh_host_key',
    'ssh_login',
    'ssh_forward',
    'name',
    'tcp',
    'tls',
    'login',
    'version',
    'rights',
    'extensions',
    'role',
  ]),
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
  /** SSH servers of the tunnel, by hop name, of which a passphrase or password is kept; absent without a tunnel. */
  tunnelSecretsKept: z.array(z.string()).optional(),
  lastConnectedAtMs: z.number().nullable(),
  /** When state is lost: when the next attempt runs. */
  nextAttemptAtMs: z.number().nullable(),
  /** Where the history is a capture of somebody else's server: there is nothing to connect to. */
  capture: captureSchema.nullable(),
});
export type ServerSummary = z.infer<typeof serverSummarySchema>;

/** A role for executives, as scripts for psql. */
export const executiveScriptSchema = z.object({
  role: z.string(),
  /** Stable views that it is granted, `schema.name`. */
  views: z.array(z.string()),
  /** Makes the role where it is missing, and grants it the stable views and what tells how old they are. */
  script: z.string(),
  /** Takes the grants and the role away again. */
  takeAway: z.string(),
});
export type ExecutiveScript = z.infer<typeof executiveScriptSchema>;

/** What the role of an open connection can read, by grants, memberships and PUBLIC. */
export const reachSchema = z.object({
  role: z.string(),
  /** Views whose first column is `as_of`. */
  stableViews: z.array(z.string()),
  /** Everything else outside of the system catalogs and Daybreak's registry: the first of them by name. */
  others: z.array(z.string()),
  otherCount: z.number(),
});
export type Reach = z.infer<typeof reachSchema>;

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
