import { expect } from '@playwright/test';
import { electronBinary, openElectronDoor } from './support/doors.ts';
import { test } from './support/fixtures.ts';
import { rescueByHand } from './support/journey.ts';
import { leftBehind } from './support/left-behind.ts';

test('a rescue by hand in Electron itself', async ({ openWith, profile }) => {
  test.skip(electronBinary() === null, 'no Electron binary');
  const door = await openWith(openElectronDoor);
  const { dataDir } = await rescueByHand(door);
  expect(await door.quit()).toBe(0);
  expect(leftBehind(profile, dataDir)).toEqual([]);
});
