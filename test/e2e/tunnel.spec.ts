import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { startEmbeddedServer, type EmbeddedServer } from '../../resources/demo-erp/embedded-server.ts';
import { hasSshd, sshKeys, startSshd, type SshKeys, type TestSshd } from '../support/sshd.ts';
import { linesOf, startCli } from '../support/cli.ts';
import { call, openBrowserDoor } from './support/doors.ts';
import { test } from './support/fixtures.ts';
import { inspectSizes as inspect } from './support/accessible.ts';

test.skip(!hasSshd, 'there is no sshd here');

let keys: SshKeys;
let sshd: TestSshd;
let database: EmbeddedServer | null = null;
test.afterEach(async () => {
  await database?.stop();
  database = null;
  await sshd?.stop();
  await keys?.remove();
});

test('a connection is added through an SSH server that has to be trusted first', async ({ openWith, profile }) => {
  keys = await sshKeys();
  sshd = await startSshd(keys);
  const settings = { fsync: 'off', shared_buffers: '32MB' };
  const { host, port, user, password } = (database = await startEmbeddedServer({
    dir: join(profile, 'database'),
    settings,
  }));
  const { page } = await openWith(openBrowserDoor);
  await page.evaluate(() => (location.hash = '#/connections/new'));
  const field = (name: string) => page.getByRole('textbox', { name, exact: true });

  await field('Name').fill('erp-behind');
  await field('Host or socket').fill(host);
  await field('Port').fill(String(port));
  await field('Database').fill('postgres');
  await field('Role').fill(user);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('combobox', { name: 'Encryption' }).click();
  await page.getByRole('option', { name: /\(disable\)/ }).click();
  const tunnel = page.getByRole('group', { name: 'SSH tunnel' });
  await tunnel.getByRole('checkbox', { name: 'Go through an SSH server' }).check();

  await test.step('what is missing is said at its field', async () => {
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    await expect(tunnel.getByText('A host name or an address')).toBeVisible();
    await expect(tunnel.getByText('The user to sign in as')).toBeVisible();
    await expect(field('SSH server')).toBeFocused();
  });
  await field('SSH server').fill(sshd.host);
  await field('SSH port').fill(String(sshd.port));
  await field('SSH user').fill(sshd.user);
  await tunnel.getByText('Key file', { exact: true }).click();
  await field('Private key').fill(keys.encrypted);
  await tunnel.getByLabel('Passphrase of the key').fill(keys.passphrase);

  await test.step('the fingerprint is shown, and trusted with the keyboard', async () => {
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    const trust = page.getByRole('button', { name: 'The fingerprint is right: trust this server' });
    await expect(trust).toBeVisible();
    await expect(page.getByText(sshd.fingerprint, { exact: true })).toBeVisible();
    await trust.scrollIntoViewIfNeeded();
    await inspect(page, 'tunnel-unknown-key');
    await trust.focus();
    await page.keyboard.press('Enter');
    await expect(page.getByText(/^It connects/)).toBeVisible();
  });

  await page.getByRole('button', { name: 'Save and connect' }).click();
  const item = page.getByRole('listitem', { name: 'erp-behind' });
  await expect(item.getByText('connected', { exact: true })).toBeVisible();
  await expect(item).toContainText(`through ${sshd.user}@${sshd.host}:${sshd.port}`);

  await test.step('after an edit the passphrase is kept and not shown', async () => {
    await item.getByRole('button', { name: 'Edit', exact: true }).click();
    await expect(tunnel.getByLabel('Passphrase of the key')).toHaveValue('');
    await expect(tunnel.getByPlaceholder('kept; type to replace it')).toBeVisible();
  });
});

test('a window attaches to the agent of another machine, and comes back', async ({ openWith, profile }) => {
  keys = await sshKeys();
  sshd = await startSshd(keys);
  const far = join(profile, 'far');
  const here = join(profile, 'here');
  for (const dir of [far, here]) mkdirSync(dir, { mode: 0o700 });
  const agent = startCli(['serve'], { profile: far });
  agent.stdin.end();
  const gone = once(agent, 'exit');
  try {
    await linesOf(agent).next();
    const settings = {
      label: 'erp-far',
      environment: 'production',
      host: 'db.invalid',
      port: 5432,
      database: 'erp',
      user: 'daybreak',
      tlsMode: 'disable',
      tlsCaFile: null,
      passfile: null,
      cores: 8,
      readModelSchema: 'reporting',
    };
    await call(far, 'connections.save', { settings });
    const { page } = await openWith(() => openBrowserDoor(here));
    await page.evaluate(() => (location.hash = '#/connections'));
    await page.getByRole('button', { name: 'Attach to an agent' }).click();
    const dialog = page.getByRole('dialog', { name: 'Attach to an agent' });
    const field = (name: string) => dialog.getByRole('textbox', { name, exact: true });
    await field('SSH server').fill(sshd.host);
    await field('SSH port').fill(String(sshd.port));
    await field('SSH user').fill(sshd.user);
    await dialog.getByText('Key file', { exact: true }).click();
    await field('Private key').fill(keys.plain);
    await field('Profile of the agent').fill(far);
    await dialog.getByRole('button', { name: 'Attach', exact: true }).click();
    await expect(dialog.getByText(sshd.fingerprint, { exact: true })).toBeVisible();
    await inspect(page, 'attach-dialog');
    await dialog.getByRole('button', { name: 'The fingerprint is right: trust this server' }).click();

    await expect(page.getByRole('listitem', { name: 'erp-far' })).toBeVisible();
    const banner = page.getByText(`Attached to the agent at ${sshd.user}@${sshd.host}:${sshd.port}${far}.`);
    await expect(banner).toBeVisible();
    await inspect(page, 'attached');
    await page.getByRole('button', { name: 'Back to this machine' }).click();
    await expect(page.getByText('No connection yet')).toBeVisible();
    await expect(banner).toHaveCount(0);
  } finally {
    agent.kill('SIGTERM');
    await gone;
  }
});
