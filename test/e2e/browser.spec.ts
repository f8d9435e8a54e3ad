import { expect } from '@playwright/test';
import { openBrowserDoor } from './support/doors.ts';
import { test } from './support/fixtures.ts';
import { rescueByHand } from './support/journey.ts';
import { leftBehind } from './support/left-behind.ts';
import { lookAround } from './support/mornings.ts';
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
