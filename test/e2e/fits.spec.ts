import { expect } from '@playwright/test';
import { call, openBrowserDoor } from './support/doors.ts';
import { test } from './support/fixtures.ts';
import { open } from './support/journey.ts';
import { profileWithDashboard } from './support/saved-dashboard.ts';

test('a number is shown to its last digit however narrow the window is', async ({ openWith, profile }) => {
  profileWithDashboard(profile);
  const { page } = await openWith(openBrowserDoor);
  await open(page, 'Dashboards');
  const card = page.getByRole('region', { name: 'Sales as number', exact: true });
  const number = card.getByText('€9,007,199,254,740,993.01', { exact: true });
  for (const width of [1480, 1110, 780, 400]) {
    await page.setViewportSize({ width, height: 900 });
    await number.scrollIntoViewIfNeeded();
    expect(await number.evaluate((shown) => shown.scrollWidth - shown.clientWidth), `${width}`).toBe(0);
  }
});

test('a dashboard with a long title makes no page wider', async ({ openWith, profile }) => {
  profileWithDashboard(profile);
  const { page } = await openWith(openBrowserDoor);
  const title = `Everything ${'Umsatzsteuervoranmeldung'.repeat(20)}`;
  await call(profile, 'dashboards.create', { serverId: 'erp', title });
  await open(page, 'Dashboards');
  await expect(page.getByRole('tab', { name: title })).toBeVisible();
  expect(await page.locator('main').evaluate((main) => main.scrollWidth - main.clientWidth)).toBe(0);
});
