import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium, type Browser, type Page } from '@playwright/test';
import { engineFlags } from '../../../electron/hosts/cli/engine-flags.mjs';
import { chromiumArgs, findChromium } from '../../support/browser.ts';
import { atMost, type Gate } from '../gates.ts';
import { bigProfile, dashboardId } from './big-profile.ts';
import { coldStart, firstChart, milestones, type ColdStart } from './cold-start.ts';
import { longTasksWhile, type Task } from './long-tasks.ts';

const root = join(import.meta.dirname, '../../..');
const [widgets, rows] = [200, 1_000];
/** Of a dashboard as people make them. */
const usualWidgets = 12;
const coldStarts = 5;
const largeRuns = 3;
const browserSettlesMs = 2_000;
const quietMs = 3_000;

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const longest = (tasks: readonly Task[]): number => Math.max(0, ...tasks.map(({ tookMs }) => tookMs));
const busiest = (tasks: readonly Task[]): number => Math.max(0, ...tasks.map(({ busyMs }) => busyMs));

export interface Opening {
  readonly gates: readonly Gate[];
  readonly details: Readonly<Record<string, unknown>>;
}

/** As `bin.mjs` starts the program: with its flags, and the code that an earlier start has compiled. */
const codeCache = mkdtempSync(join(tmpdir(), 'daybreak-bench-code-'));

async function serve(profile: string): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const program = [...engineFlags, join(root, 'out/main/daybreak.js')];
  const child = spawn(process.execPath, [...program, 'serve', '--profile', profile], {
    cwd: root,
    env: { ...process.env, NODE_COMPILE_CACHE: codeCache },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const [url] = /http:\/\/127\.0\.0\.1:\d+\/#code=\S+/.exec(line) ?? [];
    if (url !== undefined) return { url, child };
  }
  throw new Error('the browser door did not open: run npm run build first');
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

async function openWindow(browser: Browser): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  // The browser's own start is not the program's.
  await page.waitForTimeout(browserSettlesMs);
  return page;
}

const launch = (): Promise<Browser> => chromium.launch({ executablePath: findChromium(), args: [...chromiumArgs] });

/** Until no answer about dashboards has come for a while. */
async function quiet(page: Page): Promise<void> {
  let lastMs = performance.now();
  page.on('response', (response) => {
    if (response.url().includes('/dashboards/')) lastMs = performance.now();
  });
  while (performance.now() - lastMs < quietMs) await page.waitForTimeout(200);
}

/** From the top to the end and back, a wheel's turn each frame. */
const scroll = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const main = document.getElementById('main');
        if (main === null) throw new Error('no main');
        let step = 120;
        let frames = 0;
        const turn = () => {
          frames += 1;
          const before = main.scrollTop;
          main.scrollTop += step;
          if (main.scrollTop !== before) requestAnimationFrame(turn);
          else if (step > 0) {
            step = -step;
            requestAnimationFrame(turn);
          } else resolve(frames);
        };
        requestAnimationFrame(turn);
      }),
  );

async function coldStartsOf(profile: string, count: number): Promise<ColdStart[]> {
  const starts: ColdStart[] = [];
  for (let run = 0; run < count; run += 1) {
    const browser = await launch();
    try {
      const page = await openWindow(browser);
      const startedMs = performance.now();
      const { url, child } = await serve(profile);
      try {
        const programMs = performance.now() - startedMs;
        await page.goto(url, { waitUntil: 'commit' });
        starts.push(await coldStart(page, programMs));
      } finally {
        await stop(child);
      }
    } finally {
      await browser.close();
    }
  }
  return starts;
}

const parts = (starts: readonly ColdStart[]) =>
  Object.fromEntries(
    milestones.map((name) => {
      const values = starts.map((start) => start[name]);
      return [name, { median: median(values), values }];
    }),
  );

interface Large {
  readonly opened: readonly Task[];
  readonly scrolled: readonly Task[];
  /** How many it took to scroll to the end and back. */
  readonly frames: number;
  /** Charts on the page afterwards. */
  readonly drawn: number;
}

async function openLarge(profile: string): Promise<Large> {
  const { url, child } = await serve(profile);
  const browser = await launch();
  try {
    const page = await openWindow(browser);
    await page.goto(url);
    await page.evaluate(() => (location.hash = '#/activity-log'));
    await page.getByRole('heading', { level: 1, name: 'Activity log' }).waitFor();
    const opened = await longTasksWhile(browser, page, async () => {
      await page.evaluate((id) => (location.hash = `#/dashboards/${id}`), dashboardId);
      await firstChart(page);
      // All of the cache is in, not only what is on the screen: nothing is asked for any more.
      await quiet(page);
    });
    let frames = 0;
    const scrolled = await longTasksWhile(browser, page, async () => {
      frames = await scroll(page);
    });
    return { opened, scrolled, frames, drawn: await page.locator('[data-widget] canvas').count() };
  } finally {
    await browser.close();
    await stop(child);
  }
}

/**
 * A dashboard of 200 widgets with 1,000 rows each is opened out of the cache and scrolled to its end and back in Chromium,
 * whose trace tells every task that holds the window up, and how much of it the window's thread was at work (on a machine
 * that others use too, the rest is waiting for them). And the first chart of a dashboard of twelve widgets with as many
 * rows is timed from a cold start: a new browser profile in a browser that is open, from the start of the program until a
 * chart is drawn, with the parts of the way; the same of the large one is printed beside it. Takes a minute, and needs what
 * `npm run build` makes.
 */
export async function measureOpening(): Promise<Opening> {
  const profile = mkdtempSync(join(tmpdir(), 'daybreak-bench-open-'));
  const usualProfile = mkdtempSync(join(tmpdir(), 'daybreak-bench-open-'));
  const details: Record<string, unknown> = { widgets, rows, coldStarts };
  const gates: Gate[] = [];
  try {
    await bigProfile(profile, widgets, rows);
    await bigProfile(usualProfile, usualWidgets, rows);

    // The first start of an installation compiles; it is printed, and no gate.
    const [first] = await coldStartsOf(usualProfile, 1);
    details['firstStartMs'] = first;
    console.log(`first start of an installation, ms:`, JSON.stringify(first));
    const starts = await coldStartsOf(usualProfile, coldStarts);
    details['coldStartMs'] = parts(starts);
    details['coldStartOfLargeMs'] = parts(await coldStartsOf(profile, coldStarts));
    gates.push(
      atMost(
        'first chart after the window begins to load, out of the cache, ms (median)',
        median(starts.map(({ chart }) => chart)),
        1_000,
      ),
      atMost(
        'first chart after the program is started, out of the cache, ms (median)',
        median(starts.map(({ program, chart }) => program + chart)),
        1_000,
      ),
    );
    console.log(`cold start, ms, ${usualWidgets} widgets:`, JSON.stringify(details['coldStartMs']));
    console.log(`cold start, ms, ${widgets} widgets:`, JSON.stringify(details['coldStartOfLargeMs']));

    const large: Large[] = [];
    for (let run = 1; run <= largeRuns; run += 1) {
      const found = await openLarge(profile);
      large.push(found);
      console.log(
        `${widgets} widgets, run ${run}: longest task ${longest(found.opened)} ms opening (${busiest(found.opened)} ms at work), ` +
          `${longest(found.scrolled)} ms scrolling (${busiest(found.scrolled)} ms at work)`,
      );
    }
    details['large'] = large;
    gates.push(
      atMost(
        `longest task while ${widgets} cached widgets open, ms (median of ${largeRuns})`,
        median(large.map(({ opened }) => longest(opened))),
        100,
      ),
      atMost(
        `longest task while they are scrolled, ms (median of ${largeRuns})`,
        median(large.map(({ scrolled }) => longest(scrolled))),
        100,
      ),
    );
  } finally {
    rmSync(profile, { recursive: true, force: true });
    rmSync(usualProfile, { recursive: true, force: true });
    rmSync(codeCache, { recursive: true, force: true });
  }
  return { gates, details };
}
