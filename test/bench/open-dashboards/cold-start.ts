import type { Page } from '@playwright/test';

/** What a cold start passes on its way to the first chart. */
export const milestones = ['program', 'code', 'key', 'number', 'chart'] as const;
export type Milestone = (typeof milestones)[number];

/**
 * When each was reached, ms. 'program': from its start until its door is open. The others count from when the window
 * began to load: its code is there, its launch code is traded for a key, the answer with the first number is there, and
 * a chart is on the screen.
 */
export type ColdStart = Readonly<Record<Milestone, number>>;

/** Until a canvas of a widget has a pixel that is not empty, and the frame in which it was drawn is over. */
export const firstChart = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const isDrawn = (canvas: HTMLCanvasElement): boolean => {
          const { width, height } = canvas;
          const pixels =
            width * height === 0 ? null : canvas.getContext('2d')?.getImageData(0, height / 2, width, 1).data;
          return pixels?.some((value) => value !== 0) === true;
        };
        const look = () => {
          if ([...document.querySelectorAll<HTMLCanvasElement>('[data-widget] canvas')].some(isDrawn))
            setTimeout(() => resolve(performance.now()));
          else requestAnimationFrame(look);
        };
        look();
      }),
  );

/** The page whose navigation has begun; `programMs`: how long the door took to open. */
export async function coldStart(page: Page, programMs: number): Promise<ColdStart> {
  const chart = await firstChart(page);
  const ends = await page.evaluate(() => {
    const loaded = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
    const end = (part: string): number => loaded.find(({ name }) => name.includes(part))?.responseEnd ?? Number.NaN;
    return {
      code: end('/assets/index-'),
      key: end('/launch'),
      number: end('/dashboards/opening'),
    };
  });
  const all = { program: programMs, ...ends, chart };
  return Object.fromEntries(milestones.map((name) => [name, Math.round(all[name])])) as Record<Milestone, number>;
}
