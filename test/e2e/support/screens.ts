import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { open } from './journey.ts';

export const screens = ['Mornings', 'Read models', 'Dashboards', 'Activity log', 'Connections'] as const;

/** Every screen in both themes, with what is on it now: no serious accessibility violation, and a picture to look at. */
export async function inspectScreens(page: Page): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const screen of screens) {
      await test.step(`${screen}, ${colorScheme}`, async () => {
        await open(page, screen);
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
        await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
        const { violations } = await new AxeBuilder({ page }).analyze();
        const serious = violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(({ id, nodes }) => ({ id, at: nodes.slice(0, 3).map(({ html }) => html) }));
        const file = `${screen} ${colorScheme}.png`.toLowerCase().replaceAll(' ', '-');
        await page.screenshot({ path: test.info().outputPath(file) });
        expect.soft(serious, `${screen}, ${colorScheme}`).toEqual([]);
      });
    }
  }
  await page.emulateMedia({ colorScheme: null });
}
