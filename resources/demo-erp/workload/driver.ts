import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { InvoiceSaver } from './invoice-saver.ts';
import { LoadMeter } from './load-meter.ts';
import { Manager } from './manager.ts';
import type { FromDriver, ToDriver, WorkloadOrder } from './protocol.ts';
import { planLoad, planSave, saveIntendedMs } from './work-plan.ts';

/**
 * The load, in a process of its own, so that neither the engine's work nor its garbage collection shows up in the
 * figures. Open loop: work is due at intended times, however slow the work before it was; latency counts from there.
 */
const stopping = new AbortController();
const drainMs = 5_000;

// Ctrl-C reaches the whole process group: the parent decides. Without a parent there is nobody to load for.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => {
  stopping.abort();
  setTimeout(() => process.exit(0), drainMs + 2_000).unref();
});
process.on('message', (message: ToDriver) => {
  if (message.kind === 'stop') stopping.abort();
  else void main(message.order);
});

async function main(order: WorkloadOrder): Promise<void> {
  try {
    await drive(order);
  } catch (error) {
    await tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
  process.disconnect?.();
  process.exit(0);
}

async function drive(order: WorkloadOrder): Promise<void> {
  const meter = new LoadMeter();
  const saver = new InvoiceSaver(order.app);
  const managers = Array.from({ length: order.managers }, () => new Manager(order.dashboards, order.widgets));
  // Opened now: in the middle of a slow morning it would be slow itself.
  const canceller = new pg.Client({ ...order.dashboards, application_name: 'metabase' });
  canceller.on('error', () => undefined);
  const catalogue = await saver.warmUp();
  await Promise.all(managers.map((manager) => manager.warmUp()));
  if (managers.length > 0) await canceller.connect();

  meter.start();
  const startedMs = performance.now();
  const endMs = order.durationSeconds === null ? Infinity : order.durationSeconds * 1000;
  const sinceStartMs = () => performance.now() - startedMs;
  const saves = new Set<Promise<void>>();
  const loads = new Set<Promise<void>>();

  const issueSaves = async () => {
    for (let k = 0; saveIntendedMs(k, order.ratePerSecond) < endMs; k += 1) {
      const intendedMs = saveIntendedMs(k, order.ratePerSecond);
      if (!(await waitUntil(intendedMs, sinceStartMs))) return;
      const invoice = planSave(order.seed, k, catalogue);
      meter.issued(`save ${k} ${JSON.stringify(invoice)}`);
      const save = saver.save(invoice).then(
        () => meter.saved(sinceStartMs() - intendedMs, sinceStartMs()),
        (error: unknown) => meter.failed('saves', error),
      );
      track(saves, save);
    }
  };
  const issueLoads = async (manager: Manager, number: number) => {
    const schedule = { everySeconds: order.dashboardEverySeconds, widgets: order.widgets.length };
    for (let j = 0; ; j += 1) {
      const planned = planLoad(order.seed, number, j, schedule);
      if (planned.intendedMs >= endMs || !(await waitUntil(planned.intendedMs, sinceStartMs))) return;
      meter.issued(`load ${number} ${j} ${planned.order.join()}`);
      if (manager.busy) {
        meter.skipped();
        continue;
      }
      const load = manager.load(planned).then(
        (tookMs) => void (tookMs !== null && meter.loaded(tookMs, sinceStartMs())),
        (error: unknown) => meter.failed('loads', error),
      );
      track(loads, load);
    }
  };

  const reporting = setInterval(() => {
    void tell({ kind: 'report', recent: meter.recent(sinceStartMs()), total: meter.total() });
  }, 1000);
  try {
    const issuers = [issueSaves(), ...managers.map(issueLoads), waitUntil(endMs, sinceStartMs)];
    await Promise.all(issuers);
    await cutOffLoads(managers, canceller, meter);
    await Promise.race([Promise.all([...saves, ...loads]), sleep(drainMs)]);
  } finally {
    clearInterval(reporting);
    meter.stop();
  }
  await tell({ kind: 'finished', total: meter.total() });
  const closing = [saver.close(), ...managers.map((manager) => manager.close()), canceller.end()];
  await Promise.race([Promise.allSettled(closing), sleep(1_000)]);
}

/** The run's end does not wait for slow reports: they are cancelled on the server and counted as cut off. */
async function cutOffLoads(managers: readonly Manager[], canceller: pg.Client, meter: LoadMeter): Promise<void> {
  const nowMs = performance.now();
  const elapsed = managers.map((manager) => manager.elapsedMs(nowMs)).filter((value) => value !== null);
  const pids = managers.map((manager) => manager.cutOff()).filter((pid) => pid !== null);
  meter.cutOff(elapsed);
  if (pids.length === 0) return;
  await canceller
    .query('select pg_cancel_backend(pid) from unnest($1::int[]) pid', [pids])
    .catch((error: unknown) => meter.failed('loads', error));
}

/** Resolves to false when the run is stopped first. The last millisecond is spent turning the loop: timers are coarser. */
async function waitUntil(dueMs: number, sinceStartMs: () => number): Promise<boolean> {
  for (;;) {
    if (stopping.signal.aborted) return false;
    const leftMs = dueMs - sinceStartMs();
    if (leftMs <= 0) return true;
    if (leftMs < 1.5) await new Promise((resolve) => setImmediate(resolve));
    else await sleep(Math.min(leftMs - 1, 60_000), undefined, { signal: stopping.signal }).catch(() => undefined);
  }
}

function track(set: Set<Promise<void>>, promise: Promise<void>): void {
  set.add(promise);
  void promise.finally(() => set.delete(promise));
}

/** Resolves when the message is on its way; a parent that is gone hears nothing. */
async function tell(message: FromDriver): Promise<void> {
  if (!process.connected) return;
  await new Promise((resolve) => process.send?.(message, undefined, undefined, resolve));
}
