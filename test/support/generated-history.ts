import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCommandRunner, type RunCommand } from '../../electron/core/history/writer-commands.ts';
import { openWriter } from '../../electron/core/history/sqlite.ts';
import type { ConnectionSettings } from '../../shared/model/connection.ts';
import type { ActivityRow, StatementCounters, StatementDelta, StatementKey } from '../../shared/model/sampling.ts';

/**
 * Days of an ERP in the background mode of the sampler, through the store's own writer: a snapshot a minute in which
 * `changing` of `statements` statements ran, a sample of some ten rows every 5 s, a normalized text for each statement.
 * Reports run from 07:50 to 08:20 every morning, and everything else gets slower meanwhile. The same seed gives the
 * same store.
 */
export interface GeneratedHistory {
  readonly file: string;
  readonly serverId: string;
  readonly settings: ConnectionSettings;
  readonly fromMs: number;
  readonly minutes: number;
  readonly statements: number;
  readonly changing: number;
  readonly seed: number;
}

interface Known {
  readonly key: StatementKey;
  readonly kind: 'read' | 'write' | 'report' | 'import';
  readonly text: string;
  readonly meanMs: number;
  readonly blocks: number;
  readonly calls: number;
}

export function generateHistory(options: GeneratedHistory): void {
  const { file, ...asked } = options;
  const key = JSON.stringify(asked);
  const known = generated.get(key);
  if (known !== undefined && !existsSync(file)) return copyFileSync(known, file);
  const empty = !existsSync(file);
  write(options);
  if (!empty || options.minutes > longestKept) return;
  folder ??= mkdtempSync(join(tmpdir(), 'daybreak-generated-'));
  const kept = join(folder, `${generated.size}.sqlite`);
  copyFileSync(file, kept);
  generated.set(key, kept);
}

/** Days for a bench are made once, and large. */
const longestKept = 600;
/** What this process has generated, to be copied where the same is asked for again. */
const generated = new Map<string, string>();
let folder: string | null = null;
process.on('exit', () => {
  if (folder !== null) rmSync(folder, { recursive: true, force: true });
});

function write(options: GeneratedHistory): void {
  const { db } = openWriter(options.file, options.fromMs);
  // Nobody has waited for it: it is made again where the machine fails.
  db.pragma('synchronous = off');
  const run = createCommandRunner(db);
  const random = generator(options.seed);
  const { serverId, settings } = options;
  run('saveConnection', [{ serverId, settings, lastConnectedAtMs: options.fromMs, lastFacts: null }]);
  const known = Array.from({ length: options.statements }, (_, index) => statementOf(index, random));
  for (let at = 0; at < known.length; at += 500) {
    const texts = known.slice(at, at + 500).map(({ key, text }) => ({
      key,
      text,
      databaseName: 'erp',
      roleName: 'erp_app',
    }));
    run('saveTexts', [serverId, texts, options.fromMs]);
  }
  for (let minute = 0; minute < options.minutes; minute += 1) {
    oneMinute(run, options, known, options.fromMs + minute * 60_000, random);
  }
  run('saveLastSnapshot', [serverId, lastSnapshot(options)]);
  while (run('rollUp', [options.fromMs + options.minutes * 60_000 + 120_000]));
  db.close();
}

const lastSnapshot = ({ fromMs, minutes }: GeneratedHistory) => ({
  atMs: fromMs + minutes * 60_000,
  dealloc: 0,
  statsResetMs: null,
  activeTimeMs: null,
  entries: new Uint8Array(450_000),
});

function oneMinute(
  run: RunCommand,
  { serverId, changing }: GeneratedHistory,
  known: readonly Known[],
  fromMs: number,
  random: Random,
): void {
  const morning = isMorning(fromMs);
  const chosen = new Set<number>();
  // A third of them runs all the time, the others by turns.
  while (chosen.size < changing / 3) chosen.add(random(Math.floor(changing / 2)));
  while (chosen.size < changing) chosen.add(random(known.length));
  const deltas: StatementDelta[] = [];
  let ordinary: Known | undefined;
  for (const index of chosen) {
    const statement = known[index];
    if (statement === undefined || (statement.kind === 'report' && !morning)) continue;
    ordinary ??= statement;
    deltas.push({ key: statement.key, discontinuity: false, counters: countersOf(statement, morning ? 3 : 1, random) });
  }
  run('saveDeltas', [
    serverId,
    {
      fromMs: fromMs + 17_000 - 60_000,
      toMs: fromMs + 17_000,
      deallocs: 0,
      resets: 0,
      coverage: 0.9,
      idleInTransactionMs: 1000 + random(500) + (morning ? 20_000 : 0),
      deltas,
    },
  ]);
  const reports = known.filter(({ kind }) => kind === 'report').slice(0, 6);
  for (let tick = 0; tick < 12; tick += 1) {
    const atMs = fromMs + tick * 5000 + random(40);
    const busy = Array.from({ length: 8 }, () => known[random(known.length)]).filter(
      (statement): statement is Known => statement !== undefined && statement.kind !== 'report',
    );
    const rows = [...busy, ...(morning ? reports : [])].map((statement, index) =>
      rowOf(statement, index, atMs, morning, random),
    );
    run('saveSample', [serverId, { atMs, rows }]);
  }
}

/** UTC: a store does not know where its ERP stands. */
function isMorning(atMs: number): boolean {
  const minute = Math.floor(atMs / 60_000) % 1440;
  return minute >= 470 && minute < 500;
}

function countersOf({ kind, meanMs, blocks, calls }: Known, slower: number, random: Random): StatementCounters {
  const n = 1 + random(calls);
  const mean = meanMs * slower * (0.9 + random(200) / 1000);
  const heavy = kind === 'report' || kind === 'import';
  return {
    calls: n,
    rows: n * (heavy ? 40 : 1 + random(3)),
    totalExecMs: n * mean,
    sumSquaresMs2: n * mean * mean * 1.4,
    plans: 0,
    totalPlanMs: 0,
    sharedBlksHit: n * (blocks + random(4)),
    sharedBlksRead: random(3) === 0 ? random(30) : 0,
    sharedBlksDirtied: kind === 'write' ? n * 2 : 0,
    sharedBlksWritten: 0,
    localBlksRead: 0,
    localBlksWritten: 0,
    tempBlksRead: kind === 'report' ? n * 300 : 0,
    tempBlksWritten: kind === 'report' ? n * 300 : 0,
    sharedBlkReadMs: random(3) === 0 ? random(10_000) / 1000 : 0,
    sharedBlkWriteMs: 0,
    tempBlkReadMs: 0,
    tempBlkWriteMs: 0,
    walRecords: kind === 'write' || kind === 'import' ? n * 3 : 0,
    walBytes: kind === 'write' || kind === 'import' ? n * 350 + random(200) : 0,
  };
}

const applications = ['erp-client', 'erp-batch', 'metabase', 'pos', 'webshop'];

/** A statement belongs to one program, and now and then another runs it. */
function applicationOf({ text }: Known, random: Random): string {
  const place = random(20) === 0 ? random(applications.length) : text.length % applications.length;
  return applications[place] ?? 'erp-client';
}

function rowOf(statement: Known, index: number, atMs: number, morning: boolean, random: Random): ActivityRow {
  const heavy = statement.kind === 'report';
  const waits = !heavy && random(8) === 0;
  return {
    pid: 4000 + index * 7 + random(3),
    leaderPid: null,
    databaseName: 'erp',
    databaseOid: '16384',
    roleName: 'erp_app',
    roleOid: '16390',
    applicationName: heavy ? 'metabase' : applicationOf(statement, random),
    backendType: 'client backend',
    state: random(12) === 0 ? 'idle in transaction' : 'active',
    waitEventType: waits ? (morning ? 'Lock' : 'IO') : null,
    waitEvent: waits ? (morning ? 'transactionid' : 'DataFileRead') : null,
    queryid: statement.key.queryid,
    query: statement.text.replaceAll(/\$\d+/g, () => String(random(1e6))).slice(0, 1023),
    queryStartMs: atMs - (heavy ? 2000 + random(20_000) : random(40)) - 0.25,
    xactStartMs: atMs - 300 - random(900),
    backendXminAge: random(40),
    blockedByPids: waits && morning ? [4001] : [],
  };
}

function statementOf(index: number, random: Random): Known {
  const kind = index % 50 === 49 ? 'report' : index % 211 === 210 ? 'import' : index % 5 === 4 ? 'write' : 'read';
  const heavy = kind === 'report' || kind === 'import';
  return {
    key: {
      databaseOid: '16384',
      roleOid: '16390',
      queryid: String(BigInt(index + 1) * 3_689_348_814_741_910_323n - 2n ** 62n),
      toplevel: true,
    },
    kind,
    text: textOf(kind, index, random),
    meanMs: heavy ? 400 + random(2000) : 0.05 + random(400) / 100,
    blocks: heavy ? 20_000 : 4 + random(40),
    calls: heavy ? 3 : 1 + random(300),
  };
}

/** Texts of 300 to 1,500 characters, as ORMs write them. */
function textOf(kind: Known['kind'], index: number, random: Random): string {
  const table = `${tables[index % tables.length]}_${Math.floor(index / tables.length)}`;
  const columns = Array.from({ length: 6 + random(30) }, (_, at) => `t0.${names[(index + at) % names.length]}_${at}`);
  if (kind === 'write' || kind === 'import') {
    const values = columns.map((_, at) => `$${at + 1}`).join(', ');
    return `insert into ${table} (${columns.map((column) => column.slice(3)).join(', ')}) values (${values})`;
  }
  const joins = Array.from(
    { length: kind === 'report' ? 4 : random(3) },
    (_, at) =>
      ` left outer join ${tables[(index + at + 1) % tables.length]} t${at + 1} on t${at + 1}.id = t0.ref_${at}`,
  ).join('');
  return kind === 'report'
    ? `select date_trunc($1, t0.posted_at), sum(t0.amount), count(*), ${columns.join(', ')} from ${table} t0${joins} where t0.posted_at >= $2 group by ${columns.join(', ')} order by sum(t0.amount) desc`
    : `select ${columns.join(', ')} from ${table} t0${joins} where t0.company_id = $1 and t0.id = $2 and t0.state in ($3, $4) limit $5`;
}

const tables = ['invoice', 'invoice_line', 'customer', 'stock_move', 'purchase_order', 'account_entry', 'product'];
const names = [
  'amount',
  'quantity',
  'price',
  'tax',
  'state',
  'owner',
  'reference',
  'note',
  'due_on',
  'currency',
  'unit',
];

/** A whole number of 0 to below. */
type Random = (below: number) => number;

/** Park and Miller's generator: enough for a test's variety. */
function generator(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}
