import { expect, test, type Page } from '@playwright/test';
import { accessible, inBothThemes, picture } from './accessible.ts';
import { open } from './journey.ts';

export const screens = [
  'Mornings',
  'Read models',
  'Schedule',
  'Dashboards',
  'Alerts',
  'Activity log',
  'Connections',
] as const;

/** Every screen in both themes, with what is on it now: no serious accessibility violation, and a picture for those who want to look. */
export async function inspectScreens(page: Page): Promise<void> {
  await inBothThemes(page, async (theme) => {
    for (const screen of screens) {
      await test.step(`${screen}, ${theme}`, async () => {
        await open(page, screen);
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
        await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
        await picture(page, `${screen} ${theme}`.toLowerCase().replaceAll(' ', '-'));
        await accessible(page, `${screen}, ${theme}`);
      });
    }
  });
}
