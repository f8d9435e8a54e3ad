import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { lockHolder } from '../../electron/hosts/profile/engine-lock.ts';
import type {} from '../../renderer/host/door.ts';
import type { ConnectionSettings, ServerSummary } from '../../shared/model/connection.ts';
import type { EngineInfo } from '../../shared/model/engine.ts';
import { call, openBrowserDoor, openDesktopDoor } from './support/doors.ts';
import { test } from './support/fixtures.ts';
import { open, rescueByHand } from './support/journey.ts';
import { leftBehind } from './support/left-behind.ts';
import { freshMachineOpens } from './support/received-morning.ts';

const someSettings: ConnectionSettings = {
  label: 'Somewhere',
  environment: 'staging',
  host: '127.0.0.1',
  port: 1,
  database: 'erp',
  user: 'anna',
  tlsMode: 'prefer',
  tlsCaFile: null,
  passfile: null,
  cores: null,
  readModelSchema: 'reporting',
};

test('a rescue by hand in the desktop window', async ({ openWith, profile }) => {
  const door = await openWith(openDesktopDoor);
  const { page } = door;
  expect(await page.evaluate(() => window.daybreak)).toEqual({ door: 'desktop', platform: process.platform });
  expect(await call<EngineInfo>(profile, 'system.info')).toMatchObject({ secretStore: 'system' });
  const { dataDir } = await rescueByHand(door);
  expect(await door.quit()).toBe(0);
  expect(leftBehind(profile, dataDir)).toEqual([]);
});

test('the window shows our pages only, and an engine that is killed comes back', async ({ openWith, profile }) => {
  const door = await openWith(openDesktopDoor);
  const { page } = door;
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  const home = page.url();

  const attempt = page.waitForRequest('https://example.com/');
  await page.evaluate(() => (location.href = 'https://example.com/'));
  await attempt;
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  expect(page.url()).toBe(home);
  await page.evaluate(() => void window.open('https://example.com/'));
  await expect.poll(() => page.context().pages().length).toBe(1);
  const foreign = await page.evaluate(() => fetch('https://example.com/').then(String, () => 'refused'));
  expect(foreign).toBe('refused');

  const password = 'correct horse';
  const { serverId } = await call<ServerSummary>(profile, 'connections.save', { settings: someSettings, password });
  expect(readFileSync(join(profile, 'secrets.json'), 'utf8')).not.toContain(password);

  const before = await call<EngineInfo>(profile, 'system.info');
  process.kill(before.pid, 'SIGKILL');
  await expect.poll(() => door.told.map(({ standIn }) => standIn)).toContain('notification');
  await expect.poll(async () => (await call<EngineInfo>(profile, 'system.info')).pid).not.toBe(before.pid);
  const kept = (await call<ServerSummary[]>(profile, 'connections.list')).find((one) => one.serverId === serverId);
  expect(kept, 'the password outlives the engine that asked for it').toMatchObject({ hasPassword: true });
  await open(page, 'Connections');
  await expect(page.getByRole('button', { name: 'Open the demo ERP' })).toBeVisible();
  await expect(page.getByText('engine is gone')).toHaveCount(0);

  expect(await door.quit()).toBe(0);
  expect(leftBehind(profile, null)).toEqual([]);
});

test('the window attaches to the engine that runs already, and takes its place when that ends', async ({
  openWith,
  profile,
}) => {
  const served = await openWith(openBrowserDoor);
  const first = await call<EngineInfo>(profile, 'system.info');
  const door = await openWith(openDesktopDoor);
  const { page } = door;
  await open(page, 'Connections');
  await expect(page.getByRole('button', { name: 'Open the demo ERP' })).toBeVisible();
  expect(await call<EngineInfo>(profile, 'system.info')).toMatchObject({ pid: first.pid });

  // What happens behind one door is seen behind the other: events go through both.
  await call<ServerSummary>(profile, 'connections.save', { settings: someSettings });
  await expect(page.getByText(someSettings.label).first()).toBeVisible();

  expect(await served.quit()).toBe(0);
  await expect.poll(async () => lockHolder(profile)?.pid ?? first.pid).not.toBe(first.pid);
  await call(profile, 'connections.save', { settings: { ...someSettings, label: 'Elsewhere' } });
  await expect(page.getByText('Elsewhere').first()).toBeVisible();
  await expect(page.getByText('engine is gone')).toHaveCount(0);
  expect(await door.quit()).toBe(0);
  expect(leftBehind(profile, null)).toEqual([]);
});

test('a fresh machine, which knows no server, opens a morning that was sent to it', ({ openWith, profile }) =>
  freshMachineOpens(profile, (here) => openWith(() => openDesktopDoor(here))));
