import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { call, openBrowserDoor } from './support/doors.ts';
import { test } from './support/fixtures.ts';
import { open, rescueByHand } from './support/journey.ts';
import { leftBehind } from './support/left-behind.ts';
import { crossBorder, lookAround } from './support/mornings.ts';
import { freshMachineOpens, profileWithHistory } from './support/received-morning.ts';
import { inspectScreens } from './support/screens.ts';

test('a rescue by hand behind the browser door', async ({ openWith, profile }) => {
  const door = await openWith(openBrowserDoor);
  const problems: string[] = [];
  door.page.on('pageerror', (error) => problems.push(error.message));
  door.page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) problems.push(message.text());
  });
  await expect(door.page, 'the launch code does not stay in the address').not.toHaveURL(/code=/);
  const { dataDir } = await rescueByHand(door, {
    lookAround: (morning) => lookAround(door, morning),
    whileFull: () => inspectScreens(door.page),
  });
  expect(problems).toEqual([]);
  expect(await door.quit()).toBe(0);
  expect(leftBehind(profile, dataDir)).toEqual([]);
});

test('a window without a key says how to get one', async ({ openWith }) => {
  const { page } = await openWith(openBrowserDoor);
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  const other = await page.context().newPage();
  await other.goto(new URL('/', page.url()).href);
  await expect(other.getByText('This window has no key')).toBeVisible();
});

test('a morning that somebody sent opens from a file of this machine', async ({ openWith, profile }) => {
  const { fromMs, toMs } = profileWithHistory(profile);
  const { page } = await openWith(openBrowserDoor);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Mornings', exact: true }).click();
  const { file } = await call<{ file: string }>(profile, 'history.exportCapture', { serverId: 'erp', fromMs, toMs });
  const received = join(profile, 'from a colleague.daybreak');
  renameSync(file, received);
  await page.getByRole('button', { name: 'History' }).click();
  await page.getByRole('menuitem', { name: 'Open a morning' }).click();
  const dialog = page.getByRole('dialog', { name: 'Open a morning' });
  await expect(dialog.getByRole('button', { name: 'Choose a file' })).toBeVisible();
  await dialog.getByLabel('Morning to open').setInputFiles({
    name: 'other.daybreak',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from('a spreadsheet'),
  });
  await expect(dialog.getByRole('alert')).toContainText('is no capture of Daybreak');
  await dialog.getByLabel('Morning to open').setInputFiles(received);
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText('capture', { exact: true }).first()).toBeVisible();
});

test('a morning that is dropped onto the window opens, and any other file says what it is not', async ({
  openWith,
  profile,
}) => {
  const window = profileWithHistory(profile);
  const { page } = await openWith(openBrowserDoor);
  const { file } = await call<{ file: string }>(profile, 'history.exportCapture', { serverId: 'erp', ...window });
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Mornings', exact: true }).click();
  await expect(page.getByRole('button', { name: 'History' })).toBeVisible();
  await test.step('a border is crossed while the window is open', () => crossBorder(page, window));
  await dropOnto(page, 'figures.xlsx', Buffer.from('a spreadsheet'));
  const dialog = page.getByRole('dialog', { name: 'Open a morning' });
  await expect(dialog.getByRole('alert')).toContainText('is no capture of Daybreak');
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await dropOnto(page, 'morning.daybreak', readFileSync(file));
  await expect(page.getByText('capture', { exact: true }).first()).toBeVisible();
  await expect(dialog).toHaveCount(0);
  for (const screen of ['Read models', 'Dashboards']) {
    await open(page, screen);
    await expect(page.getByRole('heading', { name: 'This is a capture' }), screen).toBeVisible();
    await expect(page.getByRole('alert'), screen).toHaveCount(0);
  }
});

/** What a person does with a file of the desktop: holds it over the window, sees where it would go, lets go. */
async function dropOnto(page: Page, name: string, content: Buffer): Promise<void> {
  const dataTransfer = await page.evaluateHandle(
    (part) => {
      const held = new DataTransfer();
      held.items.add(new File([Uint8Array.from(atob(part.base64), (char) => char.charCodeAt(0))], part.name));
      return held;
    },
    { name, base64: content.toString('base64') },
  );
  await page.locator('main').dispatchEvent('dragover', { dataTransfer });
  await expect(page.getByText('Drop a morning to open it')).toBeVisible();
  await page.locator('main').dispatchEvent('drop', { dataTransfer });
  await expect(page.getByText('Drop a morning to open it')).toHaveCount(0);
}

test('a fresh machine, which knows no server, opens a morning that was sent to it', ({ openWith, profile }) =>
  freshMachineOpens(profile, (here) => openWith(() => openBrowserDoor(here))));
