import { expect, test as plain, type Page } from '@playwright/test';
import type { Dashboard } from '../../shared/model/dashboard.ts';
import type { DemoStatus } from '../../shared/model/demo.ts';
import type { CheckedProposal, Plan, ReadModel } from '../../shared/model/read-model.ts';
import { inspect } from './support/accessible.ts';
import { call, openBrowserDoor } from './support/doors.ts';
import { test } from './support/fixtures.ts';
import { open } from './support/journey.ts';

const serverId = 'demo';

/** Small, quick, and with a column for every role. */
const customers = `select r.name as region, s.name as segment, count(*) as customers,
  sum(c.credit_limit) as credit_amount, max(c.credit_limit) as largest_amount
from erp.customer c
join erp.region r on r.region_id = c.region_id
join erp.segment s on s.segment_id = c.segment_id
group by r.name, s.name
order by r.name, s.name`;

test('a dashboard is made, filled, arranged and changed by hand', async ({ openWith, profile }) => {
  // Eight widgets by hand, with axe between them, on a machine that may be busy.
  test.setTimeout(900_000);
  const { page } = await openWith(openBrowserDoor);
  await plain.step('the demo ERP is open', () => openSmallDemo(profile));
  await plain.step('an empty dashboard', () => makeDashboard(page, 'Branch board'));
  await plain.step('a widget of every kind, from the keyboard', () => addEveryKind(page));
  await plain.step('a live widget that is not cheap is refused', () => refuseExpensive(page));
  await plain.step('a widget on a read model', () => readModelWidget(page, profile));
  await plain.step('leaving with unsaved changes is asked about', () => guardEdits(page));
  await plain.step('the grid is arranged with the keyboard and with the mouse', () => arrange(page, profile));
  await plain.step('a removal is undone', () => removeAndUndo(page));
  await plain.step('a dashboard is renamed, written as in Germany, copied, removed and put back', () =>
    wholeDashboard(page),
  );
});

async function openSmallDemo(profile: string): Promise<void> {
  await call(profile, 'demo.open', { scale: 0.05 });
  await expect
    .poll(async () => (await call<DemoStatus>(profile, 'demo.status')).state, { timeout: 120_000 })
    .toBe('open');
}

const heading = (page: Page, name: string) => page.getByRole('heading', { name, level: 1 });
const card = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

async function makeDashboard(page: Page, title: string): Promise<void> {
  await open(page, 'Dashboards');
  await page.getByRole('button', { name: /^More for/ }).click();
  await page.getByRole('menuitem', { name: 'New dashboard' }).click();
  const dialog = page.getByRole('dialog', { name: 'New dashboard' });
  await dialog.getByRole('textbox', { name: 'Title' }).fill(title);
  await page.keyboard.press('Enter');
  await expect(heading(page, title)).toBeVisible();
  await expect(page.getByText('This dashboard has no widgets')).toBeVisible();
  await expect(dialog).toHaveCount(0);
}

const kinds = ['Number', 'Bars', 'Lines', 'Stacked', 'Combined', 'Table', 'Aging', 'Heat map'] as const;

async function addEveryKind(page: Page): Promise<void> {
  for (const kind of kinds) {
    await page.keyboard.press('a');
    await expect(heading(page, 'Add a widget to Branch board')).toBeVisible();
    await page.getByRole('textbox', { name: 'Title' }).fill(`The ${kind}`);
    await page.getByRole('radio', { name: kind, exact: true }).focus();
    await page.keyboard.press('Space');
    await page.getByText('Query over base tables').click();
    await page.getByRole('textbox', { name: 'Query of the widget' }).fill(customers);
    const preview = card(page, 'Preview');
    await expect(preview.locator('[data-freshness="live"]')).toBeVisible();
    await expect(preview.getByText('reading …')).toHaveCount(0);
    if (kind === 'Number') {
      await page.getByRole('combobox', { name: 'Compare with' }).click();
      await page.getByRole('option', { name: 'largest_amount' }).click();
      await expect(preview).toContainText(/from .* largest amount/);
    }
    if (kind === 'Stacked') {
      await page.getByText('Stacked areas').click();
      await page.getByLabel('Freshness budget').getByText('Nightly').click();
    }
    if (kind === 'Combined') await expect(preview).toContainText('(right)');
    if (kind === 'Heat map') await inspect(page, 'editor');
    await page.getByRole('button', { name: 'Add to the dashboard' }).click();
    await expect(heading(page, 'Branch board')).toBeVisible();
    await expect(card(page, `The ${kind}`).locator('[data-freshness]')).toBeVisible();
    await page.locator('body').click({ position: { x: 5, y: 5 } });
  }
  await expect(page.locator('[data-widget]')).toHaveCount(kinds.length);
  await inspect(page, 'dashboard');
}

async function refuseExpensive(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add widget' }).click();
  await page.getByRole('textbox', { name: 'Title' }).fill('Lines sold');
  await page.getByRole('radio', { name: 'Number', exact: true }).check();
  await page.getByText('Query over base tables').click();
  const sql = 'select count(*) as lines from erp.ar_invoice_line where quantity > 3';
  await page.getByRole('textbox', { name: 'Query of the widget' }).fill(sql);
  await expect(card(page, 'Preview').locator('[data-freshness="live"]')).toBeVisible();
  await page.getByLabel('Freshness budget').getByText('Live').click();
  const refusal = page.getByRole('status').filter({ hasText: 'Not cheap enough to be live' });
  await expect(refusal.first()).toContainText('Seq Scan on erp.ar_invoice_line');
  await page.getByRole('button', { name: 'Add to the dashboard' }).click();
  await expect(card(page, 'Preview').getByText('Not cheap enough to be live')).toHaveCount(0);
  await expect(refusal).toHaveCount(1);
  await inspect(page, 'refusal');
  await refusal.first().getByRole('button', { name: 'Propose a read model' }).click();
  await expect(heading(page, 'Propose a read model')).toBeVisible();
  await expect(page.locator('.cm-content').first()).toContainText('ar_invoice_line');
  // What was typed is still there, and can be given minutes instead.
  await page.goBack();
  await expect(page.getByText('Your unsaved changes are back.')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Title' })).toHaveValue('Lines sold');
  await page.getByLabel('Freshness budget').getByText('Minutes').click();
  await page.getByRole('button', { name: 'Add to the dashboard' }).click();
  await expect(card(page, 'Lines sold')).toContainText('base tables');
}

async function readModelWidget(page: Page, profile: string): Promise<void> {
  const from = { kind: 'widget', widgetId: 'margin-by-category' };
  const proposal = await call<CheckedProposal>(profile, 'readModels.propose', { serverId, from });
  await call(profile, 'readModels.prove', { serverId, proposal });
  const { planId, planHash, confirmWith } = await call<Plan>(profile, 'readModels.plan', { serverId, proposal });
  await call(profile, 'readModels.apply', { serverId, planId, planHash, confirm: confirmWith });

  await page.getByRole('button', { name: 'Add widget' }).click();
  await page.getByRole('textbox', { name: 'Title' }).fill('Margins');
  await page.getByRole('combobox', { name: 'Read model' }).click();
  await page.getByRole('option', { name: 'margin_by_category' }).click();
  await expect(page.getByRole('textbox', { name: 'Query of the widget' })).toContainText(
    'reporting.margin_by_category',
  );
  await page.getByRole('textbox', { name: 'Owner' }).fill('Sales office');
  await expect(card(page, 'Preview').locator('[data-freshness="fresh"]')).toContainText('as of');
  await page.getByRole('button', { name: 'Add to the dashboard' }).click();
  await expect(card(page, 'Margins')).toContainText('read model margin_by_category');
  const { readModel } = await call<{ readModel: ReadModel }>(profile, 'readModels.get', {
    serverId,
    name: 'margin_by_category',
  });
  expect(readModel.consumers).toContainEqual({
    consumer: expect.stringMatching(/^widget:/),
    owner: 'Sales office',
    budget: { minutes: 30 },
  });
}

async function guardEdits(page: Page): Promise<void> {
  await card(page, 'The Number').getByRole('button', { name: 'Edit The Number' }).click();
  const title = page.getByRole('textbox', { name: 'Title' });
  await title.fill('Customers');
  await page.getByRole('link', { name: 'Mornings', exact: true }).click();
  const asked = page.getByRole('dialog', { name: 'Leave without saving?' });
  await asked.getByRole('button', { name: 'Keep it' }).click();
  await expect(title).toHaveValue('Customers');
  await page.goBack();
  await expect(asked).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(title).toHaveValue('Customers');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(card(page, 'Customers')).toBeVisible();
  // Discarded is discarded.
  await card(page, 'Customers').getByRole('button', { name: 'Edit Customers' }).click();
  await title.fill('Nobody keeps this');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await asked.getByRole('button', { name: 'Discard the changes' }).click();
  await expect(heading(page, 'Branch board')).toBeVisible();
  await expect(card(page, 'Customers')).toBeVisible();
}

async function boardOf(profile: string): Promise<Dashboard> {
  const all = await call<Dashboard[]>(profile, 'dashboards.list', { serverId });
  const board = all.find(({ title }) => title === 'Branch board');
  if (board === undefined) throw new Error('the board is gone');
  return board;
}

async function arrange(page: Page, profile: string): Promise<void> {
  const layoutOf = async (title: string) =>
    (await boardOf(profile)).widgets.find((widget) => widget.title === title)?.layout;
  const before = await layoutOf('The Bars');
  await page.keyboard.press('e');
  await expect(heading(page, 'Arrange Branch board')).toBeVisible();
  await expect(page.locator('[data-widget]')).toHaveCount(10);
  await inspect(page, 'arrange');
  const bars = page.getByRole('group', { name: /^The Bars/ });
  await bars.focus();
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => layoutOf('The Bars')).not.toEqual(before);
  await page.keyboard.press('Shift+ArrowDown');
  await expect.poll(async () => (await layoutOf('The Bars'))?.h).toBe((before?.h ?? 0) + 1);
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await expect.poll(() => layoutOf('The Bars')).toEqual(before);

  const handle = page.getByRole('group', { name: /^The Table/ }).locator('[data-drag]');
  const tableBefore = await layoutOf('The Table');
  const box = await handle.boundingBox();
  if (box === null) throw new Error('the table has a title');
  await page.mouse.move(box.x + 20, box.y + 8);
  await page.mouse.down();
  await page.mouse.move(box.x + 120, box.y - 300, { steps: 8 });
  await page.mouse.up();
  await expect.poll(() => layoutOf('The Table')).not.toEqual(tableBefore);
}

async function removeAndUndo(page: Page): Promise<void> {
  const group = page.getByRole('group', { name: /^The Aging/ });
  await group.focus();
  await page.keyboard.press('Delete');
  await expect(group).toHaveCount(0);
  await expect(page.getByText('“The Aging” was removed.')).toBeVisible();
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(heading(page, 'Branch board')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(card(page, 'The Aging').locator('[data-freshness]')).toBeVisible();
  await expect(page.locator('[data-widget]')).toHaveCount(10);
}

async function wholeDashboard(page: Page): Promise<void> {
  const menu = async (item: string) => {
    await page.getByRole('button', { name: /^More for/ }).click();
    await page.getByRole('menuitem', { name: item }).click();
  };
  await menu('Rename Branch board');
  await page.getByRole('dialog').getByRole('textbox', { name: 'Title' }).fill('Filialen');
  await page.keyboard.press('Enter');
  await expect(heading(page, 'Filialen')).toBeVisible();
  await menu('Numbers and dates of Filialen');
  await page.getByRole('dialog').getByRole('combobox', { name: 'Locale' }).fill('de-DE');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await card(page, 'The Table').scrollIntoViewIfNeeded();
  await expect(card(page, 'The Table')).toContainText(/\d\.\d{3},\d{2}/);
  await menu('Duplicate Filialen');
  await expect(heading(page, 'Filialen (copy)')).toBeVisible();
  await menu('Remove Filialen (copy)');
  const dialog = page.getByRole('dialog', { name: 'Remove Filialen (copy)?' });
  await dialog.getByRole('textbox').fill('Filialen (copy)');
  await dialog.getByRole('button', { name: 'Remove the dashboard' }).click();
  await expect(page.getByRole('tab', { name: 'Filialen (copy)' })).toHaveCount(0);
  await expect(page.getByRole('tab', { name: 'Filialen', exact: true })).toBeVisible();

  // At once, with its last numbers; and later, from what was removed.
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(heading(page, 'Filialen (copy)')).toBeVisible();
  await expect(page.getByText('was removed.')).toHaveCount(0);
  await expect(card(page, 'The Table')).toContainText(/\d\.\d{3},\d{2}/);
  await menu('Remove Filialen (copy)');
  await dialog.getByRole('textbox').fill('Filialen (copy)');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Dismiss' }).click();
  const removed = page.getByRole('dialog', { name: 'Removed dashboards' });
  const openRemoved = async () => {
    await page.getByRole('button', { name: 'Saved' }).click();
    await page.getByRole('menuitem', { name: 'Removed dashboards' }).click();
    await expect(removed.getByRole('row', { name: /Filialen \(copy\)/ })).toBeVisible();
  };
  await openRemoved();
  await inspect(page, 'removed-dashboards');
  await removed.getByRole('button', { name: 'Put back: Filialen (copy)' }).click();
  await expect(heading(page, 'Filialen (copy)')).toBeVisible();
  await expect(removed).toHaveCount(0);
  await menu('Remove Filialen (copy)');
  await dialog.getByRole('textbox').fill('Filialen (copy)');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('tab', { name: 'Filialen (copy)' })).toHaveCount(0);
  await openRemoved();
  await removed.getByRole('button', { name: 'Remove for good: Filialen (copy)' }).click();
  const sure = page.getByRole('dialog', { name: 'Remove Filialen (copy) for good?' });
  await sure.getByRole('textbox').fill('Filialen (copy)');
  await page.keyboard.press('Enter');
  await expect(removed.getByText('Nothing was removed in the last seven days.')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(removed).toHaveCount(0);
}
