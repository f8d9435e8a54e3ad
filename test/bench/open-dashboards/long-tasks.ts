import type { Browser, Page } from '@playwright/test';

export interface Task {
  /** As the window feels it, ms. */
  readonly tookMs: number;
  /** Of it, ms in which the window's own thread had a processor: the rest waited for other programs of the machine. */
  readonly busyMs: number;
}

interface TraceEvent {
  readonly pid: number;
  readonly tid: number;
  readonly name: string;
  readonly ph: string;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Runs `work` and gives every task of at least 50 ms on the window's main thread meanwhile, longest first. */
export async function longTasksWhile(
  browser: Browser,
  page: Page,
  work: () => Promise<void>,
): Promise<readonly Task[]> {
  const marker = `bench ${Math.random()}`;
  const cdp = await browser.newBrowserCDPSession();
  const events: TraceEvent[] = [];
  cdp.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await cdp.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', 'blink.user_timing'] },
  });
  // Chromium has other windows of its own: the page's process is the one that says this.
  await page.evaluate((name) => performance.mark(name), marker);
  await work();
  const complete = new Promise((resolve) => cdp.once('Tracing.tracingComplete', resolve));
  await cdp.send('Tracing.end');
  await complete;
  await cdp.detach();
  const mark = events.find(({ name }) => name === marker);
  if (mark === undefined) throw new Error('the trace does not know the page');
  return events
    .filter(({ pid, tid, ph, name }) => pid === mark.pid && tid === mark.tid && ph === 'X' && name.endsWith('RunTask'))
    .map(({ dur = 0, tdur = 0 }) => ({ tookMs: Math.round(dur / 1000), busyMs: Math.round(tdur / 1000) }))
    .filter(({ tookMs }) => tookMs >= 50)
    .toSorted((a, b) => b.tookMs - a.tookMs);
}
