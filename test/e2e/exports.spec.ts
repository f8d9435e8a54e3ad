import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Locator, type Page } from '@playwright/test';
import { daybreak } from '../support/cli.ts';
import { parseCsv } from '../support/parse-csv.ts';
import { readPdf } from '../support/read-pdf.ts';
import { readPng } from '../support/read-png.ts';
import { accessible, inBothThemes } from './support/accessible.ts';
import { openBrowserDoor } from './support/doors.ts';
import { test } from './support/fixtures.ts';
import { open } from './support/journey.ts';
import { profileWithDashboard } from './support/saved-dashboard.ts';

const card = (page: Page, title: string): Locator => page.getByRole('region', { name: title, exact: true });

/** Presses what starts a download and gives its name and bytes. */
async function downloaded(page: Page, press: () => Promise<void>) {
  const [download] = await Promise.all([page.waitForEvent('download'), press()]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

test('every kind of file is exported from the numbers that are shown, without the database', async ({
  openWith,
  profile,
}) => {
  profileWithDashboard(profile);
  const { page } = await openWith(openBrowserDoor);
  await open(page, 'Dashboards');
  await expect(page.locator('[data-widget]')).toHaveCount(7);
  const exportOf = (title: string, kind: string) =>
    downloaded(page, async () => {
      await card(page, title)
        .getByRole('button', { name: `Export ${title}` })
        .click();
      // The menu of the card before may still be on its way out.
      await page
        .getByRole('menu', { name: `Export ${title}` })
        .getByRole('menuitem', { name: kind })
        .click();
    });

  const csv = await exportOf('Sales as table', 'Rows (CSV)');
  expect(csv.name).toMatch(/^sales-as-table-2026-11-20-\d{4}\.csv$/);
  const [head, ...rows] = parseCsv(csv.bytes.toString('utf8').replace('\ufeff', ''));
  expect(head?.slice(0, 2)).toEqual(['as_of', 'order']);
  expect(rows).toHaveLength(90);
  expect(rows[0]).toContainEqual(expect.stringMatching(/^offline: /));

  const png = await exportOf('Sales as heatmap', 'Picture (PNG)');
  expect(readPng(png.bytes).colors().size).toBeGreaterThan(100);

  const svg = (await exportOf('Sales as line', 'Drawing (SVG)')).bytes.toString('utf8');
  expect(svg).toMatch(/^<svg .*as of 20 November 2026, .*offline: .*<\/svg>$/s);

  const pdf = await readPdf((await exportOf('Sales as number', 'Page (PDF)')).bytes);
  expect(pdf.pages[0]?.text).toMatch(/Sales as number.*€9,007,199,254,740,993\.01.*as of 20 November 2026.*offline: /);

  await page.getByRole('button', { name: 'Close' }).first().waitFor();
});

test('a dashboard is exported with the keyboard alone, from its menu and from the palette', async ({
  openWith,
  profile,
}) => {
  profileWithDashboard(profile);
  const { page } = await openWith(openBrowserDoor);
  await open(page, 'Dashboards');
  const menu = page.getByRole('button', { name: 'Export', exact: true });
  await menu.focus();
  const fromMenu = await downloaded(page, async () => {
    await page.keyboard.press('Enter');
    await expect(page.getByRole('menuitem', { name: 'PDF, landscape' })).toBeFocused();
    await page.keyboard.press('ArrowDown');
    await expect(page.getByRole('menuitem', { name: 'PDF, portrait' })).toBeFocused();
    await page.keyboard.press('Enter');
  });
  const { title, pages } = await readPdf(fromMenu.bytes);
  expect(title).toBe('All kinds');
  const text = pages.map((one) => one.text).join(' ');
  for (const kind of ['number', 'bar', 'line', 'stacked', 'table', 'aging', 'heatmap']) {
    expect(text).toContain(`Sales as ${kind}`);
  }
  await expect(page.getByText('Exported All kinds as PDF, portrait')).toBeVisible();

  await page.keyboard.press('Control+K');
  await page.getByRole('textbox', { name: 'Search commands' }).fill('Export All kinds as PNG');
  const fromPalette = await downloaded(page, () => page.keyboard.press('Enter'));
  expect(fromPalette.name).toMatch(/^all-kinds-.*\.png$/);
  expect(readPng(fromPalette.bytes).width).toBe(3200);
});

test('a long export can be cancelled, and begun again; nothing of it is hard to see or to hear', async ({
  openWith,
  profile,
}) => {
  profileWithDashboard(profile);
  const { page } = await openWith(openBrowserDoor);
  await open(page, 'Dashboards');
  const begin = async () => {
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Drawing (SVG)' }).click();
  };
  // As slow as a large dashboard on a busy machine.
  await page.route(/exportDashboard/, () => undefined);
  await begin();
  await expect(page.getByText('Exporting All kinds as SVG …')).toBeVisible();
  await inBothThemes(page, (theme) => accessible(page, `an export under way, ${theme}`));
  await page.keyboard.press('Control+K');
  await page.getByRole('textbox', { name: 'Search commands' }).fill('Cancel the export');
  await page.keyboard.press('Enter');
  await expect(page.getByText('The export of All kinds as SVG was cancelled')).toBeVisible();
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  const { name } = await downloaded(page, begin);
  expect(name).toMatch(/^all-kinds-.*\.svg$/);
  await expect(page.getByText('Exported All kinds as SVG')).toBeVisible();
  await page.getByRole('button', { name: 'Export Sales as bar' }).click();
  await expect(page.getByRole('menuitem', { name: 'Rows (CSV)' })).toBeVisible();
  await inBothThemes(page, (theme) => accessible(page, `the menu of a widget, ${theme}`));
});

test('the command line writes the same file, and says what is in its way', async ({ profile }) => {
  profileWithDashboard(profile);
  const out = join(profile, 'all.pdf');
  const exported = (...args: readonly string[]) => daybreak(['export', ...args], { profile });
  const written = await exported('All kinds', '--out', out, '--time-zone', 'Europe/Berlin');
  expect(written).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Written to .*all\.pdf \(\d+ bytes\)\.\n$/),
  });
  expect((await readPdf(readFileSync(out))).title).toBe('All kinds');
  expect((await exported('All kinds', '--out', out)).stderr).toContain('is there already');
  expect((await exported('Other', '--out', out)).stderr).toContain('There are: All kinds.');
  expect((await exported('All kinds', '--format', 'csv')).stderr).toContain('--widget');
  const csv = await exported(
    'All kinds',
    '--widget',
    'Sales as bar',
    '--format',
    'csv',
    '--no-bom',
    '--out',
    join(profile, 'a.csv'),
  );
  expect(csv.code).toBe(0);
  expect(readFileSync(join(profile, 'a.csv'), 'utf8')).toMatch(/^as_of,month,region,revenue,freshness,filters\r\n/);
});
