import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { generateHistory } from '../../support/generated-history.ts';
import { call, type OpenDoor } from './doors.ts';
import { open } from './journey.ts';

/** A profile with twenty minutes of a server that nobody reaches; resolves to their window. */
export function profileWithHistory(profile: string): { readonly fromMs: number; readonly toMs: number } {
  const toMs = Date.now() - 3_600_000;
  const fromMs = toMs - 20 * 60_000;
  generateHistory({
    file: join(profile, 'daybreak.sqlite'),
    serverId: 'erp',
    settings: {
      label: 'Invoices',
      environment: 'production',
      host: 'erp.example',
      port: 5432,
      database: 'erp',
      user: 'daybreak',
      tlsMode: 'verify-full',
      tlsCaFile: null,
      passfile: null,
      cores: 2,
      readModelSchema: 'reporting',
    },
    fromMs,
    minutes: 20,
    statements: 40,
    changing: 20,
    seed: 7,
  });
  return { fromMs, toMs };
}

/** A morning is sent from one profile to another, in which nothing was ever connected. */
export async function freshMachineOpens(profile: string, openDoor: (here: string) => Promise<OpenDoor>): Promise<void> {
  const elsewhere = join(profile, 'elsewhere');
  mkdirSync(elsewhere);
  const window = profileWithHistory(elsewhere);
  const { file } = await call<{ file: string }>(elsewhere, 'history.exportCapture', { serverId: 'erp', ...window });
  const { page } = await openDoor(join(profile, 'here'));
  await open(page, 'Mornings');
  await page.getByRole('button', { name: 'Open a received morning' }).click();
  const dialog = page.getByRole('dialog', { name: 'Open a morning' });
  await dialog.getByLabel('Morning to open').setInputFiles(file);
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText('capture', { exact: true }).first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'History' })).toBeVisible();
}
