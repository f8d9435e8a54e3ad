import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { settled, still } from './settled.ts';

const schemes = ['dark', 'light'] as const;
const laptop = { width: 1280, height: 800 };
const screen = { width: 1920, height: 1080 };

/** No serious finding of axe in what is on the page now. */
export async function accessible(page: Page, what: string): Promise<void> {
  await still(page);
  // Our pages have no frames, so axe need not gather them in a page of its own; and only what is violated is asked for.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] });
  const { violations } = await axe.analyze();
  const serious = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => ({ id, at: nodes.slice(0, 3).map(({ html }) => html) }));
  expect.soft(serious, what).toEqual([]);
}

/** Does `look` in the dark and in the light, once all colours have turned. */
export async function inBothThemes(page: Page, look: (theme: 'dark' | 'light') => Promise<void>): Promise<void> {
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme });
    await settled(page, colorScheme);
    await look(colorScheme);
  }
  await page.emulateMedia({ colorScheme: null });
}

/** In both themes: nothing serious for axe, and a picture for those who want to look. */
export async function inspect(page: Page, name: string): Promise<void> {
  await inBothThemes(page, async (theme) => {
    await picture(page, `${name}-${theme}`);
    await accessible(page, `${name}, ${theme}`);
  });
}

/** As `inspect`, with a picture of a laptop's window and one of a large screen. */
export async function inspectSizes(page: Page, name: string): Promise<void> {
  await inBothThemes(page, async (theme) => {
    for (const size of [laptop, screen]) {
      await page.setViewportSize(size);
      await picture(page, `${name}-${theme}-${size.width}`);
    }
    await accessible(page, `${name}, ${theme}`);
  });
}

/** For people to look at, where they ask for it with `DAYBREAK_PICTURES=1`: no check is made of it. */
export async function picture(page: Page, name: string): Promise<void> {
  if (process.env['DAYBREAK_PICTURES'] !== '1') return;
  await page.screenshot({ path: test.info().outputPath(`${name}.png`) });
}
