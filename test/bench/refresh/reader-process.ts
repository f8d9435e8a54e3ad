/**
 * One reader of a widget, in a process of its own. 'begin <relation>' makes it read again and again, 'end' makes it say
 * what it saw. A second connection looks at what a slow read waits for while it waits.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Reading } from './reading.ts';

const pauseMs = 5;
/** From here on a read in flight is looked at. */
const slowMs = 25;

const url = process.argv[2] ?? '';
const connect = async () => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
};
const [client, watcher] = [await connect(), await connect()];
const pid = (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid ?? 0;
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();

let reading: string | null = null;
let beganMs: number | null = null;

/** What the read in flight waits for, from its 25th millisecond on, looked at every few milliseconds. */
async function watch(waits: Map<string, number>): Promise<void> {
  while (reading !== null) {
    if (beganMs !== null && performance.now() - beganMs > slowMs) {
      const { rows } = await watcher.query<{ wait: string }>(
        `select coalesce(wait_event_type || ':' || wait_event, 'running or waiting for a processor') as wait
        from pg_stat_activity where pid = $1 and state = 'active'`,
        [pid],
      );
      const wait = rows[0]?.wait ?? 'not on the server';
      waits.set(wait, (waits.get(wait) ?? 0) + 1);
    }
    await sleep(3);
  }
}

async function read(relation: string): Promise<Reading> {
  const text = `select min(as_of), sum(amount), count(*) from ${relation} where day = current_date - 1`;
  const tookMs: number[] = [];
  const waits = new Map<string, number>();
  let [longestReadMs, longestBeganAtMs] = [0, 0];
  delay.reset();
  const watching = watch(waits);
  while (reading !== null) {
    beganMs = performance.now();
    await client.query(text);
    const ms = performance.now() - beganMs;
    if (ms > longestReadMs) {
      longestReadMs = ms;
      longestBeganAtMs = performance.timeOrigin + beganMs;
    }
    beganMs = null;
    tookMs.push(ms);
    await sleep(pauseMs);
  }
  await watching;
  const sorted = tookMs.toSorted((a, b) => a - b);
  return {
    reads: tookMs.length,
    medianMs: sorted[Math.floor(sorted.length / 2)] ?? 0,
    longestReadMs,
    longestBeganAtMs,
    slowReads: sorted.filter((ms) => ms > 50).length,
    longestPauseMs: delay.max / 1e6,
    slowReadsWaitedFor: Object.fromEntries(waits),
  };
}

process.on('disconnect', () => process.exit(0));
process.on('message', (message: string) => {
  const [command, relation = ''] = message.split(' ');
  if (command === 'end') {
    reading = null;
    return;
  }
  reading = relation;
  void read(relation).then((seen) => process.send?.(seen));
});
process.send?.('ready');
