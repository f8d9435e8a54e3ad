import { expect } from '@playwright/test';
import { openBoard } from './support/board.ts';
import { openBrowserDoor } from './support/doors.ts';
import { test } from './support/fixtures.ts';
import { open } from './support/journey.ts';

test('a preview says nothing of a query that is gone from the editor', async ({ openWith, profile }) => {
  const board = await openBoard(profile);
  try {
    const { page } = await openWith(openBrowserDoor);
    await board.connect(profile);
    await open(page, 'Dashboards');
    await page.getByRole('button', { name: 'Add widget' }).click();
    await page.getByRole('radio', { name: 'Table', exact: true }).check();
    await page.getByText('Query over base tables').click();
    const query = page.getByRole('textbox', { name: 'Query of the widget' });
    const preview = page.getByRole('region', { name: 'Preview', exact: true });

    await query.fill('select n as share from erp.approval');
    await expect(preview.locator('[data-freshness="live"]')).toBeVisible();
    await query.fill('select share from nowhere');
    // Beneath the query, once its columns were asked for.
    const beneath = page.getByRole('region', { name: 'Where it comes from', exact: true });
    await expect(beneath.getByText('"nowhere" does not exist')).toBeVisible();
    await query.fill('select share from elsewhere');
    await expect(page.getByText('"elsewhere" does not exist').first()).toBeVisible();
    await expect(page.getByText('"nowhere" does not exist')).toHaveCount(0);
  } finally {
    await board.close();
  }
});

test('a query is run after a pause in it, and not at every key', async ({ openWith, profile }) => {
  const board = await openBoard(profile);
  try {
    const { page } = await openWith(openBrowserDoor);
    await board.connect(profile);
    await open(page, 'Dashboards');
    await page.getByRole('button', { name: 'Add widget' }).click();
    await page.getByRole('radio', { name: 'Table', exact: true }).check();
    await page.getByText('Query over base tables').click();
    const query = page.getByRole('textbox', { name: 'Query of the widget' });
    const preview = page.getByRole('region', { name: 'Preview', exact: true });
    await query.fill('select n from erp.approval');
    await expect(preview.locator('[data-freshness="live"]')).toBeVisible();

    let previews = 0;
    page.on('request', (request) => {
      if (request.url().endsWith('/dashboards/preview')) previews += 1;
    });
    await query.press('Control+End');
    await query.pressSequentially(' where n < 12', { delay: 40 });
    await expect(preview.getByText('11', { exact: true })).toBeVisible();
    await expect(preview.getByText('12', { exact: true })).toHaveCount(0);
    expect(previews).toBe(1);
  } finally {
    await board.close();
  }
});
