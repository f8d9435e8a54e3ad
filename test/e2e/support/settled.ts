import { expect, type Page } from '@playwright/test';

/** Nothing is on its way any more: what half a transition shows is nobody's to judge. */
export async function still(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const ending = document
      .getAnimations()
      .filter(({ effect }) => Number.isFinite(Number(effect?.getComputedTiming().endTime)));
    await Promise.all(ending.map(({ finished }) => finished.catch(() => undefined)));
  });
}

/** In these colours, and with nothing that is still turning into them: half a transition is too pale to read. */
export async function settled(page: Page, colorScheme: 'dark' | 'light'): Promise<void> {
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme);
  await still(page);
}
