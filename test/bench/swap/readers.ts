/**
 * Readers of a stable view, at full speed, in a process of their own: the engine's own work must not be measured as a
 * read's. Begins at once; answers every message with what was seen since the last one.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import pg from 'pg';

export interface ReadersOptions {
  readonly url: string;
  readonly readers: number;
}

export interface Seen {
  readonly reads: number;
  readonly errors: readonly string[];
  /** Reads that saw rows of two versions, or other than all groups. */
  readonly mixtures: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly longestReadMs: number;
  /** When the longest read began, by the machine's clock. */
  readonly longestBeganAtMs: number;
  /** Reads of more than 100 ms. */
  readonly slowReads: number;
  /** Longest time that this process could not listen: part of every read that was open then. */
  readonly longestPauseMs: number;
}

const text = `select min(v) as low, max(v) as high, count(*)::int as groups, count(distinct as_of)::int as ages
  from reporting.sales where region = 7`;

const tookMs: number[] = [];
const errors: string[] = [];
let mixtures = 0;
let longestMs = 0;
let longestBeganAtMs = 0;
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();

function take(): Seen {
  const sorted = tookMs.toSorted((a, b) => a - b);
  const at = (share: number) => Number((sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(2));
  const seen = {
    reads: sorted.length,
    errors: [...errors],
    mixtures,
    medianMs: at(0.5),
    p99Ms: at(0.99),
    longestReadMs: at(1),
    longestBeganAtMs,
    slowReads: sorted.filter((ms) => ms > 100).length,
    longestPauseMs: Number((delay.max / 1e6).toFixed(1)),
  };
  tookMs.length = 0;
  errors.length = 0;
  mixtures = 0;
  longestMs = 0;
  delay.reset();
  return seen;
}

async function read(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', (error) => errors.push(error.message));
  await client.connect();
  for (;;) {
    const beganMs = performance.now();
    try {
      const { rows } = await client.query<{ low: number; high: number; groups: number; ages: number }>(text);
      const [row] = rows;
      if (row === undefined || row.low !== row.high || row.ages !== 1 || row.groups === 0) mixtures += 1;
    } catch (error) {
      errors.push(String(error));
      if (errors.length > 100) return;
    }
    const ms = performance.now() - beganMs;
    tookMs.push(ms);
    if (ms > longestMs) {
      longestMs = ms;
      longestBeganAtMs = performance.timeOrigin + beganMs;
    }
  }
}

const { url, readers } = JSON.parse(process.argv[2] ?? '{}') as ReadersOptions;
process.on('message', () => process.send?.(take()));
process.on('disconnect', () => process.exit(0));
await Promise.all(Array.from({ length: readers }, () => read(url)));
