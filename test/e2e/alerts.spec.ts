import { expect, type Locator, type Page } from '@playwright/test';
import type { AlertList } from '../../shared/model/alerts.ts';
import { startWebhookServer, type WebhookServer } from '../support/webhook-server.ts';
import { openBoard, type Board } from './support/board.ts';
import { call, openBrowserDoor } from './support/doors.ts';
import { test } from './support/fixtures.ts';
import { inspectSizes as inspect } from './support/accessible.ts';

const opened: { close(): Promise<void> }[] = [];
test.afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

const hoursAgo = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();
const row = (page: Page, text: string): Locator => page.getByRole('row').filter({ hasText: text });
/** Subjects of the messages that it took. */
const taken = (receiver: WebhookServer): string[] =>
  receiver.calls
    .filter(({ answered }) => answered === 204)
    .map(({ body }) => (JSON.parse(body) as { subject: string }).subject);

/** A server with a registry that knows consumers and their budgets, and a receiver of webhooks beside it. */
async function openWatched(profile: string): Promise<{ board: Board; receiver: WebhookServer }> {
  const board = await openBoard(profile);
  const receiver = await startWebhookServer({ status: 500, body: 'the receiver is being upgraded' });
  opened.push(board, receiver);
  await board.sql.query(`
    insert into daybreak.migration (migration, name, breaking) values (1, 'registry', true), (50, 'alerts', false);
    insert into daybreak.consumer (read_model, consumer, owner, budget_minutes) values
      ('sales', 'Sales desk', 'Sales', 60), ('stock', 'Warehouse screen', 'Logistics', 30);
    update daybreak.read_model set owner = 'Controlling' where name = 'sales'`);
  return { board, receiver };
}

test('a model that grows old is told on the screen and over a webhook that is down at first, and once more when it is over', async ({
  openWith,
  profile,
}) => {
  const { board, receiver } = await openWatched(profile);
  const { page } = await openWith(openBrowserDoor);
  await board.connect(profile);
  await page.keyboard.press('g');
  await page.keyboard.press('w');
  await expect(page.getByRole('heading', { name: 'Alerts', level: 1 })).toBeVisible();
  await page.getByRole('button', { name: 'Look now' }).click();
  await expect(page.getByText('Nothing is wrong on erp-prod')).toBeVisible();
  await inspect(page, 'calm');

  await page.getByRole('button', { name: 'Add a webhook …' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name').fill('Operations room');
  await form.getByLabel('Address').fill(receiver.url);
  await form.getByLabel('Key of the signature').fill('a key that nobody guesses');
  await form.getByRole('button', { name: 'Send a test' }).click();
  await expect(form.getByText('answered 500: the receiver is being upgraded')).toBeVisible();
  receiver.answer({ status: 200 });
  await form.getByRole('button', { name: 'Send a test' }).click();
  await expect(form.getByText('The test went out')).toBeVisible();
  await form.getByRole('switch', { name: 'Quiet hours' }).click();
  await inspect(page, 'webhook-form');
  await form.getByRole('switch', { name: 'Quiet hours' }).click();
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('listitem', { name: 'Operations room' })).toBeVisible();

  receiver.answer({ status: 503 });
  await board.setAsOf('sales', hoursAgo(3));
  await page.getByRole('button', { name: 'Look now' }).click();
  await expect(row(page, 'sales is older than its budget')).toContainText('1 retrying');
  await expect(page.getByRole('alert').filter({ hasText: 'sales is older than its budget' })).toBeVisible();
  await row(page, 'sales is older than its budget').click();
  const drawer = page.getByRole('dialog');
  await expect(drawer.getByText('in trouble:')).toBeVisible();
  await inspect(page, 'episode');
  receiver.answer({ status: 204 });
  await drawer.getByRole('button', { name: 'Try now' }).click();
  await expect(drawer.getByText('in trouble:')).toBeHidden();
  await drawer.getByRole('button', { name: 'I take care of it' }).click();
  await expect(drawer.getByText('taken by')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(row(page, 'sales is older than its budget')).toContainText('taken');

  await board.setAsOf('sales', hoursAgo(0));
  await page.getByRole('button', { name: 'Look now' }).click();
  await expect(page.getByRole('grid', { name: 'Alerts that are over' })).toContainText(
    'sales is older than its budget',
  );
  await inspect(page, 'over');
  const subject = 'sales is older than its budget';
  await expect.poll(() => taken(receiver)).toEqual([`erp-prod: ${subject}`, `erp-prod: over: ${subject}`]);

  await board.sql.query(`insert into daybreak.migration (migration, name, breaking) values (999, 'far ahead', true)`);
  await page.getByRole('button', { name: 'Look now' }).click();
  await expect(page.getByText('Nothing is watched here. The registry in schema daybreak was changed')).toBeVisible();
  await expect(page.getByText('Nothing is wrong on erp-prod')).toBeHidden();
  await inspect(page, 'newer-registry');
  await board.sql.query('delete from daybreak.migration where migration = 999');
  await page.getByRole('button', { name: 'Look now' }).click();
  await expect(page.getByText('Nothing is wrong on erp-prod')).toBeVisible();

  await page.getByRole('button', { name: 'Add e-mail …' }).click();
  await inspect(page, 'email-form');

  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Connections', exact: true }).click();
  const link = (name: string) =>
    page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true });
  await expect(link('Alerts')).toBeVisible();
  for (const model of ['sales', 'stock']) await board.setAsOf(model, hoursAgo(2));
  await call(profile, 'alerts.watchNow', { serverId: board.serverId });
  await expect(link('Alerts 2 not seen yet')).toBeVisible();
  await inspect(page, 'badge');
  await link('Alerts 2 not seen yet').click();
  await expect(row(page, 'stock is older than its budget')).toBeVisible();
  await expect(link('Alerts')).toBeVisible();
  await link('Connections').click();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Connections', level: 1 })).toBeVisible();
  await expect(link('Alerts')).toBeVisible();

  const { recent } = await call<AlertList>(profile, 'alerts.list', { serverId: board.serverId });
  expect(recent[0]).toMatchObject({ kind: 'late', subject: 'sales', keptIn: 'registry', owner: 'Controlling' });
});
