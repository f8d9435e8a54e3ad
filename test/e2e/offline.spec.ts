import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test as base, type Locator, type Page } from '@playwright/test';
import type { DashboardPack } from '../../shared/model/dashboard-pack.ts';
import { inspectSizes } from './support/accessible.ts';
import { call, openBrowserDoor } from './support/doors.ts';
import { test as inProfile } from './support/fixtures.ts';
import { open } from './support/journey.ts';
import { offlineErp, type OfflineErp } from './support/offline-erp.ts';

const test = inProfile.extend<{ erp: OfflineErp }>({
  erp: async ({ profile }, use) => {
    const erp = await offlineErp(profile);
    await use(erp);
    await erp.stop();
  },
});

const card = (page: Page, title: string): Locator => page.getByRole('region', { name: title, exact: true });
const label = (page: Page, title: string): Locator => card(page, title).locator('[data-freshness]');

/** Both numbers on the screen, and the sales of two days saved. */
async function twoDays(page: Page, profile: string, erp: OfflineErp): Promise<void> {
  await call(profile, 'connections.connect', { serverId: erp.serverId, password: erp.password });
  await open(page, 'Dashboards');
  await expect(label(page, 'Open approvals')).toHaveAttribute('data-freshness', 'live');
  await expect(label(page, 'Sales by region')).toHaveAttribute('data-freshness', 'stale');
  await erp.nextDay(2);
  await page.getByRole('button', { name: 'Refresh now' }).click();
  await expect(label(page, 'Sales by region')).toHaveAttribute('data-freshness', 'fresh');
}

test('the database is lost: numbers stay, are labelled, can be stepped through by keyboard, and come back', async ({
  openWith,
  profile,
  erp,
}) => {
  const { page } = await openWith(openBrowserDoor);
  await twoDays(page, profile, erp);
  await card(page, 'Sales by region').getByRole('button', { name: 'Show Sales by region as a table' }).click();
  await expect(card(page, 'Sales by region')).toContainText('123,462.20');

  await erp.stop();
  await page.reload();
  await expect(page.getByText('Showing saved numbers.')).toBeVisible();
  for (const title of ['Sales by region', 'Open approvals']) {
    await expect(label(page, title)).toHaveAttribute('data-freshness', 'offline');
  }
  await expect(card(page, 'Open approvals')).toContainText('12');
  await inspectSizes(page, 'offline');

  const sales = card(page, 'Sales by region');
  await sales.getByRole('button', { name: 'Show Sales by region as a table' }).click();
  await sales.getByRole('button', { name: 'Earlier results of Sales by region' }).focus();
  await page.keyboard.press('Enter');
  const steps = sales.getByRole('group', { name: 'Earlier results of Sales by region' });
  await expect(steps).toContainText('Earlier result 2 of 2');
  await expect(sales).toContainText('61,731.10');
  await expect(label(page, 'Sales by region')).toHaveAttribute('data-freshness', 'stale');
  await inspectSizes(page, 'stepped-back');
  await page.keyboard.press('ArrowLeft');
  await expect(steps).toContainText('Earlier result 2 of 2');
  await page.keyboard.press('ArrowRight');
  await expect(steps).toContainText('1 of 2');
  await expect(sales).toContainText('123,462.20');
  await page.keyboard.press('Escape');
  await expect(steps).toHaveCount(0);
  await expect(sales.getByRole('button', { name: 'Earlier results of Sales by region' })).toBeFocused();
  await expect(label(page, 'Sales by region')).toHaveAttribute('data-freshness', 'offline');

  await erp.start();
  await page.getByRole('button', { name: 'Try now' }).click();
  await expect(label(page, 'Open approvals')).toHaveAttribute('data-freshness', 'live');
  await expect(label(page, 'Sales by region')).toHaveAttribute('data-freshness', 'fresh');
  await expect(page.getByText('Showing saved numbers.')).toHaveCount(0);
});

test('a cold start without the database opens on the saved numbers', async ({ openWith, profile, erp }) => {
  const first = await openWith(openBrowserDoor);
  await twoDays(first.page, profile, erp);
  await first.quit();
  await erp.stop();
  const { page } = await openWith(openBrowserDoor);
  await open(page, 'Dashboards');
  const clickedAtMs = Date.now();
  await expect(card(page, 'Open approvals')).toContainText('12');
  await expect(label(page, 'Sales by region')).toHaveAttribute('data-freshness', 'offline');
  base.info().annotations.push({ type: 'first number', description: `${Date.now() - clickedAtMs} ms` });
});

test('encrypted with a passphrase and locked, numbers keep their age, and the passphrase brings them back', async ({
  openWith,
  profile,
  erp,
}) => {
  const { page } = await openWith(openBrowserDoor);
  await twoDays(page, profile, erp);
  await page.getByRole('button', { name: 'Saved', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Saved numbers' }).click();
  const dialog = page.getByRole('dialog', { name: 'Saved numbers' });
  await expect(dialog).toContainText('there is no safe store for a key');
  await dialog.getByRole('button', { name: 'Encrypt with a passphrase' }).click();
  await dialog.getByRole('textbox', { name: 'New passphrase' }).fill('early morning');
  await dialog.getByRole('textbox', { name: 'Once more' }).fill('early morning');
  await dialog.getByRole('button', { name: 'Encrypt', exact: true }).click();
  await expect(dialog).toContainText('encrypted with a passphrase');
  await inspectSizes(page, 'saved-numbers');
  await page.keyboard.press('Escape');
  await open(page, 'Mornings');
  await page.getByRole('button', { name: 'History' }).click();
  await page.getByRole('menuitem', { name: 'Retention and size' }).click();
  const usage = page.getByRole('dialog', { name: 'What is stored of this server' });
  await expect(usage).toContainText(/results of 2 widgets and the rows of 1 small read model/);
  await inspectSizes(page, 'retention-and-size');
  await usage.getByRole('textbox', { name: 'Results kept of each widget' }).fill('1');
  await usage.getByRole('button', { name: 'Apply' }).click();
  await expect(usage).toContainText('2 results of 2 widgets');
  await page.keyboard.press('Escape');
  await open(page, 'Dashboards');
  await page.getByRole('button', { name: 'Saved', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Saved numbers' }).click();
  await dialog.getByRole('button', { name: 'Lock now' }).click();
  await expect(dialog).toContainText('encrypted and locked');
  await page.keyboard.press('Escape');
  await erp.stop();
  await page.reload();
  await expect(page.getByText('The saved numbers are locked.')).toBeVisible();
  await expect(card(page, 'Sales by region')).toContainText('The saved number is locked');
  await expect(label(page, 'Sales by region')).toHaveAttribute('data-freshness', 'offline');
  await inspectSizes(page, 'locked');
  const passphrase = page.getByRole('textbox', { name: 'Passphrase of the saved numbers' });
  await passphrase.fill('late evening');
  await page.getByRole('button', { name: 'Unlock' }).click();
  await expect(page.getByText('That passphrase does not open the saved numbers.')).toBeVisible();
  await passphrase.fill('early morning');
  await page.getByRole('button', { name: 'Unlock' }).click();
  await expect(card(page, 'Open approvals')).toContainText('12');
  await expect(page.getByText('The saved numbers are locked.')).toHaveCount(0);
});

test('dashboards travel in a file to a machine that knows no server', async ({ openWith, profile, erp }) => {
  const { page } = await openWith(openBrowserDoor);
  await twoDays(page, profile, erp);
  await page.getByRole('button', { name: 'Saved', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Send these dashboards' }).click();
  const sending = page.getByRole('dialog', { name: 'Send these dashboards' });
  await sending.getByRole('button', { name: 'Write the file' }).click();
  await expect(sending.getByText('Written:')).toBeVisible();
  await inspectSizes(page, 'send-pack');
  const { packs } = await call<{ packs: DashboardPack[] }>(profile, 'dashboards.packs');
  const [pack] = packs;
  if (pack === undefined) throw new Error('the pack is listed');

  const elsewhere = join(profile, 'elsewhere');
  mkdirSync(elsewhere);
  const { page: other } = await openWith(() => openBrowserDoor(elsewhere));
  await open(other, 'Dashboards');
  await other.getByRole('button', { name: 'Saved', exact: true }).click();
  await other.getByRole('menuitem', { name: 'Open dashboards from a file' }).click();
  const opening = other.getByRole('dialog', { name: 'Open dashboards from a file' });
  await opening.getByLabel('Dashboards to open').setInputFiles({
    name: 'other.daybreak-pack',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from('a spreadsheet'),
  });
  await expect(opening.getByRole('alert')).toContainText('is no pack of dashboards');
  await opening.getByLabel('Dashboards to open').setInputFiles(pack.file);
  await expect(opening).toHaveCount(0);
  await expect(other.getByText('Dashboards out of a file.')).toBeVisible();
  await expect(card(other, 'Open approvals')).toContainText('12');
  for (const title of ['Sales by region', 'Open approvals']) {
    await expect(label(other, title)).toHaveAttribute('data-freshness', 'offline');
  }
  await inspectSizes(other, 'pack');
  await card(other, 'Sales by region').getByRole('button', { name: 'Earlier results of Sales by region' }).click();
  await expect(card(other, 'Sales by region')).toContainText('Earlier result 2 of 2');
  for (const screen of ['Mornings', 'Read models']) {
    await open(other, screen);
    await expect(other.getByRole('heading', { name: 'These are dashboards out of a file' }), screen).toBeVisible();
  }
  await other.getByRole('button', { name: 'Go to its dashboards' }).click();
  await expect(card(other, 'Open approvals')).toContainText('12');
});
