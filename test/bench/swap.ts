/**
 * `npm run bench:swap`: what readers notice of a swap. `--readers 16` read a stable view at full speed, and one report of
 * `--report 6` seconds is open on it, while Daybreak builds version 2 and switches, refreshes it side by side, and rolls
 * back. Beside each, in the same run, as long a time with the same readers and report and nothing of ours: what remains
 * is the machine's. Everything that hangs on the view is compared object by object before and after. On PostgreSQL 18,
 * and 15 where it is present; `--server 15` or `18` takes one.
 */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { formatDuration } from '../../shared/format/duration.ts';
import { lostObjects, viewObjects } from '../support/stable-view-objects.ts';
import { atLeast, atMost, finish, type Gate } from './gates.ts';
import { forkReaders, type Readers } from './swap/fork-readers.ts';
import type { Seen } from './swap/readers.ts';
import { openSales, type Sales } from './swap/sales.ts';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '400000' },
    readers: { type: 'string', default: '16' },
    report: { type: 'string', default: '6' },
    server: { type: 'string' },
  },
});
const reportSeconds = Number(values.report);

interface Phase extends Seen {
  readonly name: string;
  readonly tookMs: number;
  /** Tries that the switch took; null where nothing was switched by a plan. */
  readonly attempts: number | null;
  readonly lost: readonly string[];
}

async function phase(sales: Sales, readers: Readers, name: string, work: () => Promise<number | null>): Promise<Phase> {
  const before = await viewObjects(sales.admin, 'reporting', 'sales');
  await readers.seen();
  const beganMs = performance.now();
  const attempts = await work();
  const tookMs = performance.now() - beganMs;
  const seen = await readers.seen();
  const lost = lostObjects(before, await viewObjects(sales.admin, 'reporting', 'sales'));
  console.log(
    `${name}: ${formatDuration(tookMs)}, ${seen.reads} reads, median ${seen.medianMs} ms, p99 ${seen.p99Ms} ms, ` +
      `longest ${seen.longestReadMs} ms (${seen.slowReads} above 100 ms, the readers' own longest pause ${seen.longestPauseMs} ms), ` +
      `${attempts ?? 0} attempts, ${seen.errors.length} errors, ${seen.mixtures} mixtures, lost: ${lost.join('; ') || 'nothing'}`,
  );
  return { name, tookMs, attempts, lost, ...seen };
}

/** Swaps under an open report: it begins just before the switch, so that the switch has to get past it. */
async function swapUnderReport(sales: Sales, plan: Awaited<ReturnType<Sales['planVersion2']>>): Promise<number> {
  const flip = plan.steps.find(({ kind }) => kind === 'flip')?.step ?? 1;
  let report: Promise<void> | null = null;
  if (flip === 1) {
    report = sales.report(reportSeconds);
    await sleep(200);
  }
  const execution = await sales.execute(plan, ({ steps }) => {
    if (steps[flip - 2]?.state === 'running') report ??= sales.report(reportSeconds);
  });
  await report;
  return execution.steps[flip - 1]?.attempts ?? 0;
}

async function measure(major: 15 | 18): Promise<{ version: string; phases: Phase[] }> {
  const sales = await openSales({ major, rows: Number(values.rows) });
  const readers = forkReaders({ url: sales.readerUrl, readers: Number(values.readers) });
  try {
    console.log(`PostgreSQL ${sales.version}`);
    await sleep(2000);
    const control = async (name: string) =>
      phase(sales, readers, name, async () => {
        await sales.report(reportSeconds);
        return null;
      });
    const phases = [await control('no swap')];
    const swap = await sales.planVersion2();
    phases.push(await phase(sales, readers, 'swap to version 2', () => swapUnderReport(sales, swap)));
    for (const name of ['first refresh side by side', 'refresh side by side']) {
      phases.push(
        await phase(sales, readers, name, async () => {
          const report = sales.report(reportSeconds);
          await sales.refreshBeside();
          await report;
          return null;
        }),
      );
    }
    const back = await sales.planRollBack();
    phases.push(await phase(sales, readers, 'roll back', () => swapUnderReport(sales, back)));
    phases.push(await control('no swap again'));
    return { version: sales.version, phases };
  } finally {
    await readers.stop();
    await sales.stop();
  }
}

const majors: (15 | 18)[] =
  values.server === '15'
    ? [15]
    : values.server === '18'
      ? [18]
      : [...(existsSync('/usr/lib/postgresql/15/bin/postgres') ? [15 as const] : []), 18];
const measured: Record<string, Awaited<ReturnType<typeof measure>>> = {};
for (const major of majors) measured[major] = await measure(major);

const gates: Gate[] = Object.entries(measured).flatMap(([major, { phases }]) => {
  const swaps = phases.filter(({ name }) => !name.startsWith('no swap'));
  const worst = (value: (one: Phase) => number) => Math.max(...swaps.map(value));
  return [
    atMost(
      `longestReadMs${major}`,
      worst(({ longestReadMs }) => longestReadMs),
      200,
    ),
    atMost(
      `errors${major}`,
      worst(({ errors }) => errors.length),
      0,
    ),
    atMost(
      `mixtures${major}`,
      worst(({ mixtures }) => mixtures),
      0,
    ),
    atMost(
      `objectsLost${major}`,
      worst(({ lost }) => lost.length),
      0,
    ),
    // A switch that nothing was in the way of would have shown nothing.
    atLeast(`attempts${major}`, Math.min(...swaps.flatMap(({ attempts }) => attempts ?? [])), 2),
  ];
});
finish('swap', gates, measured);
