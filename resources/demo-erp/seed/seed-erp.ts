import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { DemoConnection } from '../connection.ts';
import { indexes } from '../schema/indexes.ts';
import { grants, roleNames } from '../schema/roles.ts';
import { largeTables, tables } from '../schema/tables.ts';
import { invoices, ledger, purchases, salesOrders, stock } from './documents.ts';
import { helpers } from './helpers.ts';
import { masterData } from './master-data.ts';
import { openSeedSessions, type SeedSession } from './seed-sessions.ts';
import { volumes, type Volumes } from './volumes.ts';

export interface SeedProgress {
  readonly text: string;
  /** 0..1. */
  readonly fraction: number;
}

export interface SeedOptions {
  /** A superuser in the database to fill; what an earlier, unfinished load left there is removed. */
  readonly connection: DemoConnection;
  readonly scale: number;
  readonly seed?: number;
  readonly onProgress?: (progress: SeedProgress) => void;
  readonly signal?: AbortSignal;
}

export interface SeedReport {
  readonly scale: number;
  readonly seed: number;
  readonly invoices: number;
  readonly lines: number;
  readonly tookMs: number;
}

export const defaultSeed = 8;
const chunkInvoices = 15_000;

/**
 * Fills schema `erp`: deterministic for (scale, seed, today), a year of documents that ends today. Two connections
 * compute rows on the server; indexes and foreign keys come after the rows; at the end everything is vacuumed,
 * analyzed and checkpointed, so that the first morning is not autovacuum's. The row in `demo.seeded` is written last:
 * without it the load did not finish. Fails with `cancelled` when `signal` aborts.
 */
export async function seedErp(options: SeedOptions): Promise<SeedReport> {
  const { connection, scale, seed = defaultSeed, onProgress, signal } = options;
  const startedMs = performance.now();
  const size = volumes(scale);
  const sessions = await openSeedSessions(connection, 2, signal);
  const [first] = sessions.all;
  const progress = weighted(onProgress);
  try {
    progress.say('Creating the tables');
    await first.run('drop schema if exists erp cascade', 'drop schema if exists demo cascade');
    await first.run(tables, helpers(seed, size), ...masterData(size));
    await first.run(...largeTables.map((table) => `alter table erp.${table} set (autovacuum_enabled = off)`));
    await first.run('analyze erp.customer, erp.item, erp.region, erp.warehouse, demo.business_day');
    progress.done(0.02);

    await documents(sessions.all, size, progress);
    await inParallel(
      sessions.all,
      [stock(size), salesOrders(size), ledger(size), purchases(size)],
      async (session, list) => {
        progress.say('Stock, orders, purchases and expenses');
        await session.run(...list);
        progress.done(0.03);
      },
    );

    const indexCount = indexes.flat().length;
    for (const level of indexes) {
      await inParallel(sessions.all, level, async (session, sql) => {
        progress.say('Keys and indexes');
        await session.run(sql);
        progress.done(0.25 / indexCount);
      });
    }
    await first.run(...sequences);
    await first.run(...createRoles, ...grants(sessions.quotedDatabase));
    await inParallel(sessions.all, [...largeTables, ...smallTables], async (session, table) => {
      progress.say('Vacuum and statistics');
      await session.run(`vacuum (freeze, analyze) erp.${table}`);
      if (largeTables.includes(table)) await session.run(`alter table erp.${table} reset (autovacuum_enabled)`);
      progress.done(0.08 / (largeTables.length + smallTables.length));
    });
    progress.say('Writing to disk');
    const [lines] = await first.read<{ n: string }>('select count(*)::text as n from erp.ar_invoice_line');
    await first.run(...markSeeded(scale, seed), 'checkpoint');
    progress.done(1);
    const report = { scale, seed, invoices: size.invoices, lines: Number(lines?.n ?? 0) };
    return { ...report, tookMs: performance.now() - startedMs };
  } finally {
    await sessions.close();
  }
}

/** Changes when the load would write something else; together with scale, seed and day it decides about reuse. */
export function seedVersion(): string {
  const size = volumes(1);
  const parts = [tables, helpers(0, size), masterData(size), invoices(size), salesOrders(size), stock(size)];
  const all = [...parts, purchases(size), ledger(size), indexes, grants('database')];
  return createHash('sha256').update(JSON.stringify(all)).digest('hex').slice(0, 16);
}

async function documents(sessions: SeedSessions, size: Volumes, progress: Progress): Promise<void> {
  const sql = invoices(size);
  const chunks = Math.max(sessions.length, Math.ceil(size.invoices / chunkInvoices));
  const borders = Array.from({ length: chunks + 1 }, (_, chunk) => Math.round((size.invoices * chunk) / chunks));
  let saved = 0;
  await inParallel(sessions, borders.slice(0, -1), async (session, from, chunk) => {
    const to = borders[chunk + 1] ?? size.invoices;
    progress.say(`${saved.toLocaleString('en')} of ${size.invoices.toLocaleString('en')} invoices`);
    await session.read(sql, [from + 1, to]);
    saved += to - from;
    progress.done(0.5 / chunks);
  });
}

const smallTables = ['region', 'segment', 'item_category', 'warehouse', 'gl_account', 'cost_centre', 'budget'];

const lastOf = (table: string, column: string): string =>
  `select setval(pg_get_serial_sequence('erp.${table}', '${column}'), max(${column})) from erp.${table}`;
const sequences = [
  lastOf('ar_invoice', 'invoice_id'),
  lastOf('sales_order', 'order_id'),
  lastOf('purchase_order', 'purchase_order_id'),
  `select setval('erp.invoice_number', max(invoice_id)) from erp.ar_invoice`,
];

// Roles belong to the whole server, so another database of it may have them already.
const createRoles = Object.values(roleNames).map(
  (role) =>
    `do $$ begin create role ${role} login; exception when duplicate_object or unique_violation then null; end $$`,
);

const markSeeded = (scale: number, seed: number): string[] => [
  `drop function demo.rnd(int, bigint)`,
  `drop function demo.skewed(float8, int)`,
  `drop table demo.business_day`,
  `create table demo.seeded as
     select ${scale}::float8 as scale, ${seed}::bigint as seed, '${seedVersion()}'::text as version, current_date as seeded_on`,
];

type SeedSessions = readonly [SeedSession, ...SeedSession[]];

/** Hands `tasks` out in order to whichever session is free; stops handing out at the first failure. */
async function inParallel<T>(
  sessions: SeedSessions,
  tasks: readonly T[],
  work: (session: SeedSession, task: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const failures: unknown[] = [];
  const worker = async (session: SeedSession) => {
    while (next < tasks.length && failures.length === 0) {
      const index = next;
      next += 1;
      await work(session, tasks[index] as T, index).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(sessions.map(worker));
  if (failures.length > 0) throw failures[0];
}

interface Progress {
  say(text: string): void;
  /** Adds a part of the whole. */
  done(part: number): void;
}

function weighted(onProgress: SeedOptions['onProgress']): Progress {
  let text = '';
  let fraction = 0;
  const tell = () => onProgress?.({ text, fraction });
  return {
    say: (said) => {
      text = said;
      tell();
    },
    done: (part) => {
      fraction = Math.min(1, fraction + part);
      tell();
    },
  };
}
