import { expect, type Locator, type Page } from '@playwright/test';
import { inspect } from './support/accessible.ts';
import { call, openBrowserDoor } from './support/doors.ts';
import { buildReadModel, openDemoErp } from './support/demo-models.ts';
import { test } from './support/fixtures.ts';
import { open } from './support/journey.ts';

const card = (page: Page, title: string): Locator => page.getByRole('region', { name: title, exact: true });
const sales = 'Monthly sales by region and category';

test('a dashboard is filtered, shared by its address, and compared with live', async ({ openWith, profile }) => {
  const { page } = await openWith(openBrowserDoor);
  await openDemoErp(profile, 0.02);
  await open(page, 'Dashboards');
  await page.getByRole('tab', { name: 'Executive morning' }).click();
  const bar = page.getByRole('region', { name: 'Filters' });

  await test.step('before there are read models the bar says why nothing can be chosen', async () => {
    await expect(bar).toContainText('Filters are answered from read models, and every widget here still asks');
    await expect(bar.getByRole('combobox', { name: 'Region' })).toBeDisabled();
  });

  for (const widgetId of ['monthly-sales', 'margin-by-category', 'active-customers']) {
    await buildReadModel(profile, widgetId);
  }

  await test.step('filter by region, with the keyboard alone', async () => {
    const region = bar.getByRole('combobox', { name: 'Region' });
    await expect(region).toBeEnabled();
    await region.focus();
    await region.pressSequentially('Nordics');
    await expect(page.getByRole('option', { name: /^Nordics\s*[\d,]+ rows/ })).toBeVisible();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await expect(page).toHaveURL(/f\.region=Nordics/);
    await showsRegions(page, ['Nordics']);
    await expect(card(page, 'Margin by category')).toContainText('not filtered by Region');
  });

  await test.step('and by a period', async () => {
    await bar.getByRole('button', { name: /^Period/ }).click();
    const choice = page.getByRole('dialog', { name: 'Choose the period' });
    await expect(choice.getByRole('table')).toBeVisible();
    await inspect(page, 'period');
    await choice.getByRole('button', { name: 'Last month' }).click();
    await expect(page).toHaveURL(/f\.period=last_month/);
    await expect(bar.getByRole('button', { name: /^Period/ })).toContainText('Last month');
    await expect(card(page, 'Active customers by week')).toContainText('counts the weeks that begin in it');
    await expect(card(page, sales)).toContainText('its own query limits month, too');
  });

  const address = page.url();
  await test.step('the view survives a reload', async () => {
    await page.reload();
    await showsRegions(page, ['Nordics']);
    await expect(bar.getByRole('button', { name: /^Period/ })).toContainText('Last month');
  });

  await test.step('back takes the last choice back', async () => {
    await page.goBack();
    await expect(bar.getByRole('button', { name: /^Period/ })).toContainText('all time');
    await page.goForward();
    await expect(bar.getByRole('button', { name: /^Period/ })).toContainText('Last month');
  });

  await test.step('clear one, clear all, and a shared address brings them back', async () => {
    await bar.getByRole('button', { name: 'Clear Period' }).click();
    await expect(page).not.toHaveURL(/f\.period/);
    await bar.getByRole('button', { name: 'Clear all filters' }).click();
    await expect(page).not.toHaveURL(/f\./);
    await expect(card(page, 'Margin by category')).not.toContainText('not filtered');
    await page.evaluate((hash) => (location.hash = hash), new URL(address).hash);
    await showsRegions(page, ['Nordics']);
  });

  await test.step('an address that chooses what is not there says so once', async () => {
    await page.evaluate((hash) => (location.hash = hash), `${new URL(address).hash}&f.country=NZ`);
    await expect(bar).toContainText('f.country=NZ is left out');
    await expect(page.getByRole('alert')).toHaveCount(0);
    await bar.getByRole('button', { name: 'Take it out' }).click();
    await expect(page).toHaveURL(address);
  });

  await test.step('a link to a dashboard that is gone says so, and its filters are not blamed', async () => {
    await page.evaluate((hash) => (location.hash = hash), '#/dashboards/nope?f.region=Nordics');
    const gone = page.getByRole('status').filter({ hasText: 'The dashboard of this link is gone' });
    await expect(gone).toContainText('This is “Executive morning”.');
    await expect(page).toHaveURL(/#\/dashboards\/executive-morning$/);
    await expect(bar).not.toContainText('This link chooses');
    await gone.getByRole('button', { name: 'Dismiss' }).click();
    await expect(gone).toHaveCount(0);
    await page.goBack();
    await expect(page).toHaveURL(address);
  });

  await test.step('another column of a read model becomes a filter, and goes again', async () => {
    await bar.getByRole('button', { name: 'Filters', exact: true }).click();
    const editor = page.getByRole('dialog', { name: 'Filters', exact: true });
    await editor.getByRole('checkbox', { name: 'segment' }).check();
    await expect(bar.getByRole('combobox', { name: 'Segment' })).toBeVisible();
    await inspect(page, 'filter-editor');
    await editor.getByRole('checkbox', { name: 'segment' }).uncheck();
    await expect(bar.getByRole('combobox', { name: 'Segment' })).toHaveCount(0);
    await page.keyboard.press('Escape');
    await expect(editor).toHaveCount(0);
  });

  await test.step('compare with live now, under the same filters', async () => {
    await card(page, sales)
      .getByRole('button', { name: `Compare ${sales} with live now` })
      .click();
    const dialog = page.getByRole('dialog', { name: `${sales}: compared with live now` });
    await expect(dialog).toContainText('Both show the same');
    await expect(dialog).toContainText('Both are filtered by Period and Region');
    await inspect(page, 'compare');
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await expect(dialog).toHaveCount(0);
  });

  await test.step('what was booked since then is the difference, exactly', async () => {
    await page.evaluate((hash) => (location.hash = hash), '#/dashboards/executive-morning');
    await call(profile, 'demo.startLoad', { ratePerSecond: 20, managers: 0 });
    await page.waitForTimeout(4000);
    await call(profile, 'demo.stopLoad');
    await card(page, sales)
      .getByRole('button', { name: `Compare ${sales} with live now` })
      .click();
    const dialog = page.getByRole('dialog', { name: `${sales}: compared with live now` });
    await expect(dialog).toContainText(/€[\d,.]+ more revenue in the .* since \d\d:\d\d\./);
    await expect(dialog.getByRole('grid', { name: 'Rows that differ' })).toBeVisible();
    await inspect(page, 'compare-differs');
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
  });

  await test.step('out of reach, names and filtered numbers are still there', async () => {
    await page.evaluate((hash) => (location.hash = hash), new URL(address).hash);
    await showsRegions(page, ['Nordics']);
    await call(profile, 'connections.disconnect', { serverId: 'demo' });
    await expect(page.getByText('Showing saved numbers.')).toBeVisible();
    await page.reload();
    await showsRegions(page, ['Nordics']);
    await bar.getByRole('combobox', { name: 'Region' }).click();
    await expect(page.getByRole('option', { name: /^Benelux/ })).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(
      card(page, sales).getByRole('button', {
        name: 'The database is out of reach: there is nothing live to compare with',
      }),
    ).toHaveAttribute('aria-disabled', 'true');
  });
});

/** The sales widget as a table, which shows its regions as text. */
async function showsRegions(page: Page, regions: readonly string[]): Promise<void> {
  const widget = card(page, sales);
  await expect(widget).toHaveAttribute('data-source', 'read_model');
  await expect(widget).toHaveAttribute('aria-busy', 'false');
  const asTable = widget.getByRole('button', { name: `Show ${sales} as a table` });
  const found = async () => {
    if (await asTable.isVisible()) await asTable.click();
    const rows = await widget.getByRole('row').allInnerTexts();
    return new Set(rows.slice(1).map((row) => row.split(/\s*\n\s*/)[1]));
  };
  await expect.poll(found).toEqual(new Set(regions));
}
