import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { planArrivals, type PlannedInvoice } from './arrivals.ts';
import { InvoiceWriter } from './invoice-writer.ts';
import type { ClientSave, FromLoad, LoadOrder, LoadPart, LoadResult, ToLoad } from './order.ts';

/**
 * The savers, in a process of their own, so that neither the sampler nor the culprits' clients show up in the figures.
 * Open loop: a save is due at its time however slow the ones before it were; latency counts from there.
 */
const drainMs = 30_000;
const lagResolutionMs = 10;
/** PostgreSQL plans a prepared statement anew in its first five runs. */
const rehearsedSaves = 6;

process.on('disconnect', () => process.exit(0));
let prepared: { readonly writer: InvoiceWriter; readonly arrivals: readonly PlannedInvoice[] } | null = null;
process.on('message', (message: ToLoad) => {
  void (message.kind === 'prepare' ? prepare(message.order) : run(message)).catch((error: unknown) =>
    tell({ kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});

async function prepare(order: LoadOrder): Promise<void> {
  const writer = new InvoiceWriter(order);
  const catalogue = await writer.warmUp();
  const arrivals = planArrivals(order.seed, order.segments, catalogue);
  await writer.rehearse(arrivals.slice(0, rehearsedSaves));
  prepared = { writer, arrivals };
  await tell({ kind: 'ready' });
}

async function run({ zeroAtMs, fromMs, toMs }: LoadPart): Promise<void> {
  if (prepared === null) throw new Error('the load was started before it was prepared');
  const { writer, arrivals } = prepared;
  const lag = monitorEventLoopDelay({ resolution: lagResolutionMs });
  const saves: ClientSave[] = [];
  const failures: unknown[] = [];
  const open = new Map<number, Promise<void>>();
  const sinceStartMs = () => performance.timeOrigin + performance.now() - zeroAtMs;
  await waitUntil(fromMs, sinceStartMs);
  lag.enable();
  const cpuBefore = process.cpuUsage();
  const part = arrivals.filter(({ intendedMs }) => intendedMs >= fromMs && intendedMs < toMs);
  for (const [index, invoice] of part.entries()) {
    const { intendedMs } = invoice;
    await waitUntil(intendedMs, sinceStartMs);
    const save = writer.save(invoice).then(
      () => void saves.push({ intendedMs, latencyMs: sinceStartMs() - intendedMs }),
      (error: unknown) => void failures.push(error),
    );
    open.set(index, save);
    void save.finally(() => open.delete(index));
  }
  await waitUntil(toMs, sinceStartMs);
  await Promise.race([Promise.all(open.values()), sleep(drainMs)]);
  const givenUp = [...open.keys()].map((index) => {
    const intendedMs = part[index]?.intendedMs ?? toMs;
    return { intendedMs, latencyMs: sinceStartMs() - intendedMs };
  });
  const cpu = process.cpuUsage(cpuBefore);
  lag.disable();
  const [first] = failures;
  const result: LoadResult = {
    saves: [...saves, ...givenUp].toSorted((a, b) => a.intendedMs - b.intendedMs),
    failed: failures.length,
    firstError: first === undefined ? null : first instanceof Error ? first.message : String(first),
    unfinished: givenUp.length,
    cpuMs: (cpu.user + cpu.system) / 1000,
    lagP99Ms: Math.max(0, lag.percentile(99) / 1e6 - lagResolutionMs),
  };
  await tell({ kind: 'finished', result });
}

/** Up to a millisecond late, as timers are; turning the loop instead would cost a sixth of a core at 100 saves a second. */
async function waitUntil(dueMs: number, sinceStartMs: () => number): Promise<void> {
  for (let leftMs = dueMs - sinceStartMs(); leftMs > 0; leftMs = dueMs - sinceStartMs()) {
    await sleep(Math.min(leftMs, 60_000));
  }
}

/** Resolves when the message is on its way. */
async function tell(message: FromLoad): Promise<void> {
  await new Promise((resolve) => process.send?.(message, undefined, undefined, resolve));
}
