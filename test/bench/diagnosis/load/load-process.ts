import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { planArrivals, type PlannedInvoice } from './arrivals.ts';
import { InvoiceWriter } from './invoice-writer.ts';
import type { ClientSave, FromLoad, LoadOrder, LoadResult, ToLoad } from './order.ts';

/**
 * The savers, in a process of their own, so that neither the sampler nor the culprits' clients show up in the figures.
 * Open loop: a save is due at its time however slow the ones before it were; latency counts from there.
 */
const drainMs = 15_000;
const lagResolutionMs = 10;

process.on('disconnect', () => process.exit(0));
let prepared: { readonly writer: InvoiceWriter; readonly arrivals: readonly PlannedInvoice[] } | null = null;
process.on('message', (message: ToLoad) => {
  void (message.kind === 'prepare' ? prepare(message.order) : start(message.atMs)).catch((error: unknown) =>
    tell({ kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});

async function prepare(order: LoadOrder): Promise<void> {
  const writer = new InvoiceWriter(order);
  const catalogue = await writer.warmUp();
  prepared = { writer, arrivals: planArrivals(order.seed, order.segments, catalogue) };
  await tell({ kind: 'ready' });
}

async function start(atMs: number): Promise<void> {
  if (prepared === null) throw new Error('the load was started before it was prepared');
  const { writer, arrivals } = prepared;
  const lag = monitorEventLoopDelay({ resolution: lagResolutionMs });
  const saves: ClientSave[] = [];
  const failures: unknown[] = [];
  const open = new Set<Promise<void>>();
  const sinceStartMs = () => performance.timeOrigin + performance.now() - atMs;
  await waitUntil(0, sinceStartMs);
  lag.enable();
  const cpuBefore = process.cpuUsage();
  for (const invoice of arrivals) {
    const { intendedMs } = invoice;
    await waitUntil(intendedMs, sinceStartMs);
    const save = writer.save(invoice).then(
      () => void saves.push({ intendedMs, latencyMs: sinceStartMs() - intendedMs }),
      (error: unknown) => void failures.push(error),
    );
    open.add(save);
    void save.finally(() => open.delete(save));
  }
  await Promise.race([Promise.all(open), sleep(drainMs)]);
  const cpu = process.cpuUsage(cpuBefore);
  lag.disable();
  const [first] = failures;
  const result: LoadResult = {
    saves: saves.toSorted((a, b) => a.intendedMs - b.intendedMs),
    failed: failures.length,
    firstError: first === undefined ? null : first instanceof Error ? first.message : String(first),
    unfinished: open.size,
    cpuMs: (cpu.user + cpu.system) / 1000,
    lagP99Ms: Math.max(0, lag.percentile(99) / 1e6 - lagResolutionMs),
  };
  await tell({ kind: 'finished', result });
  await Promise.race([writer.close(), sleep(1_000)]);
  process.exit(0);
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
