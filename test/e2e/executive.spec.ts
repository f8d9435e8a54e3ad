import { expect, type Locator, type Page } from '@playwright/test';
import { inspectSizes } from './support/accessible.ts';
import { openBoard, type Board } from './support/board.ts';
import { openBrowserDoor } from './support/doors.ts';
import { test } from './support/fixtures.ts';
import { screens } from './support/screens.ts';

const boards: Board[] = [];
test.afterEach(async () => {
  for (const board of boards.splice(0)) await board.close();
});

const card = (page: Page, title: string): Locator => page.getByRole('region', { name: title, exact: true });

/** Moves the focus with Tab until it is on `target`. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement).catch(() => false)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('the keyboard does not get there');
}

async function runCommand(page: Page, title: string): Promise<void> {
  await page.keyboard.press('ControlOrMeta+k');
  const search = page.getByRole('textbox', { name: 'Search commands' });
  await expect(search).toBeFocused();
  await page.keyboard.type(title);
  await page.keyboard.press('Enter');
  await expect(search).toHaveCount(0);
}

test('executive mode is set up, kept over a reload, and left with the keyboard alone', async ({
  openWith,
  profile,
}) => {
  const board = await openBoard(profile);
  boards.push(board);
  const { page } = await openWith(openBrowserDoor);
  await board.connect(profile);
  await page.evaluate(() => (location.hash = '#/connections'));

  await test.step('the script of the role is printed, and runs', async () => {
    await tabTo(page, page.getByRole('button', { name: 'Executive mode for erp-prod' }));
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'Executive mode for erp-prod', level: 1 })).toBeVisible();
    await expect(page.getByText(/besides 3 stable views/)).toBeVisible();
    await expect(page.getByLabel('the script that sets the role up', { exact: true })).toContainText(
      'A role for executives in database postgres',
    );
    await inspectSizes(page, 'executive-setup');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      (async () => {
        await tabTo(page, page.getByRole('button', { name: 'Save the script that sets the role up as a file' }));
        await page.keyboard.press('Enter');
      })(),
    ]);
    expect(download.suggestedFilename()).toBe('daybreak_executive.sql');
    const saved = await download.createReadStream();
    const text = (await saved.toArray()).join('');
    expect(text).toContain('grant select on reporting.margin to daybreak_executive;');
    // psql's own commands are for psql.
    await board.sql.query(text.replaceAll(/^\\.*$/gm, ''));
    await board.sql.query(`alter role daybreak_executive password 'a secret'`);
  });

  await test.step('the connection logs in as that role, which reads nothing else', async () => {
    await tabTo(page, page.getByLabel('Password of daybreak_executive'));
    await page.keyboard.type('a secret');
    await page.keyboard.press('Enter');
    await expect(page.getByText('daybreak_executive reads 3 stable views and nothing else.')).toBeVisible();
  });

  await test.step('the window opens on the dashboards, and hides the rest', async () => {
    await tabTo(page, page.getByRole('button', { name: 'Turn on executive mode' }));
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'Board', level: 1 })).toBeVisible();
    await expect(page.getByRole('navigation', { name: 'Main' }).getByRole('link')).toHaveText(['Dashboards']);
    await expect(card(page, 'Sales').locator('[data-freshness="fresh"]')).toContainText('as of');
    // What asks the tables of the ERP says what is missing, and to whom.
    await expect(card(page, 'Open approvals')).toContainText('may not read');
    await inspectSizes(page, 'executive-dashboard');
    await page.keyboard.press('ControlOrMeta+k');
    await page.keyboard.type('o');
    for (const hidden of [
      'Mornings',
      'Read models',
      'Schedule',
      'Alerts',
      'Activity log',
      'Connections',
      'Add a connection',
    ])
      await expect(page.getByRole('button', { name: hidden, exact: true })).toHaveCount(0);
    await page.keyboard.press('Escape');
    await page.keyboard.press('g');
    await page.keyboard.press('m');
    await expect(page.getByRole('heading', { name: 'Board', level: 1 })).toBeVisible();
  });

  await test.step('a direct address says why nothing is there, and how to leave', async () => {
    await page.evaluate(() => (location.hash = '#/read-models/sales'));
    await expect(page.getByRole('heading', { name: 'This screen is hidden in executive mode' })).toBeVisible();
    await inspectSizes(page, 'executive-hidden');
    await tabTo(page, page.getByRole('button', { name: 'Go to the dashboards' }));
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'Board', level: 1 })).toBeVisible();
  });

  await test.step('a window that is loaded anew opens on the dashboards', async () => {
    // Also where the browser remembers nothing of it: the mode is the engine's.
    await page.evaluate(() => {
      location.hash = '';
      localStorage.clear();
    });
    await page.reload();
    await expect(page).toHaveURL(/#\/dashboards$/);
    await expect(page.getByRole('heading', { name: 'Board', level: 1 })).toBeVisible();
  });

  await test.step('one deliberate step brings everything back', async () => {
    await runCommand(page, 'Leave executive mode');
    const dialog = page.getByRole('dialog', { name: 'Leave executive mode?' });
    await expect(dialog).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
    await expect(page.getByRole('navigation', { name: 'Main' }).getByRole('link')).toHaveCount(1);
    await tabTo(page, page.getByRole('button', { name: 'Leave executive mode' }));
    await page.keyboard.press('Enter');
    await tabTo(page, dialog.getByRole('button', { name: 'Leave executive mode' }));
    await page.keyboard.press('Enter');
    await expect(page.getByRole('navigation', { name: 'Main' }).getByRole('link')).toHaveCount(screens.length);
  });
});
