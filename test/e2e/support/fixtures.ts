import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base } from '@playwright/test';
import type { OpenDoor } from './doors.ts';

/** Playwright's own limit is none: a click that finds nothing would use up the whole test. */
const actionTimeoutMs = 45_000;

/** A profile of its own for each test, and a picture of the window where it failed. */
export const test = base.extend<{
  profile: string;
  openWith: (open: (profile: string) => Promise<OpenDoor>) => Promise<OpenDoor>;
}>({
  // Playwright reads from the pattern which fixtures this one needs: none.
  // oxlint-disable-next-line no-empty-pattern
  profile: async ({}, use) => {
    const profile = mkdtempSync(join(tmpdir(), 'daybreak-e2e-'));
    await use(profile);
    rmSync(profile, { recursive: true, force: true });
  },
  openWith: async ({ profile }, use, info) => {
    const doors: OpenDoor[] = [];
    await use(async (open) => {
      const door = await open(profile);
      door.page.setDefaultTimeout(actionTimeoutMs);
      doors.push(door);
      return door;
    });
    for (const door of doors) {
      if (info.status !== info.expectedStatus && !door.page.isClosed())
        await door.page.screenshot({ path: info.outputPath('window.png') }).catch(() => {});
      await door.quit();
    }
  },
});
