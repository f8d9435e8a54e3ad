import { expect, test, type Locator, type Page } from '@playwright/test';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import { call, type OpenDoor } from './doors.ts';
import { serverDirOf, stopServer } from './left-behind.ts';

/** What the journey left, for what a door wants to look at afterwards. */
export interface JourneyEnd {
  /** Data folder of the demo's PostgreSQL, which was stopped. */
  readonly dataDir: string;
}

export interface JourneyOptions {
  /** Looks at the slow morning before anything is cured. */
  readonly lookAround?: (morning: Morning) => Promise<void>;
  /** Looks at every screen while there is something on it. */
  readonly whileFull?: () => Promise<void>;
}

/**
 * A rescue by hand, through whichever door: open the demo, put it under load, look at the morning, open a finding,
 * propose, read the plan, apply it, watch the widget move, and lose the database.
 */
export async function rescueByHand({ page, profile }: OpenDoor, options: JourneyOptions = {}): Promise<JourneyEnd> {
  await test.step('open the demo ERP', () => openDemo(page));
  await test.step('the executive dashboard shows live numbers', () => dashboardIsLive(page));
  const morning = await test.step('a quiet phase, then the eight o’clock load', () => slowMorning(page));
  await options.lookAround?.(morning);
  const { widget, model } = await test.step('find the culprit, propose a read model', () => propose(page, morning));
  await test.step('read the plan, and apply it', () => applyPlan(page, model));
  await test.step('the widget has moved to the read model', () => widgetHasMoved(page, widget, model));
  await test.step('the activity log shows what was run', () => activityIsLogged(page, model));
  await options.whileFull?.();
  return test.step('the database stops, and the dashboard is still there', async () => {
    const dataDir = await loseDatabase(profile);
    await openExecutiveDashboard(page);
    await expect(page.getByText('Showing saved numbers.')).toBeVisible();
    await page.reload();
    await dashboardIsOffline(page, widget);
    return { dataDir };
  });
}

export async function open(page: Page, screen: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: screen, exact: true }).click();
}

async function openDemo(page: Page): Promise<void> {
  await open(page, 'Connections');
  await page.getByRole('combobox', { name: 'Size' }).click();
  await page.getByRole('option', { name: /^Medium/ }).click();
  await page.getByRole('button', { name: 'Open the demo ERP' }).click();
  await expect(page.getByRole('button', { name: 'Start the eight o’clock load' })).toBeVisible({ timeout: 120_000 });
}

const card = (page: Page, title: string): Locator => page.getByRole('region', { name: title, exact: true });
const executive = 'Executive morning';

async function openExecutiveDashboard(page: Page): Promise<void> {
  await open(page, 'Dashboards');
  await page.getByRole('tab', { name: executive }).click();
  await expect(page.getByRole('heading', { name: executive, level: 1 })).toBeVisible();
}

async function dashboardIsLive(page: Page): Promise<void> {
  await openExecutiveDashboard(page);
  const cards = page.locator('[data-widget]');
  await expect(cards).toHaveCount(9);
  await expect(cards.locator('[data-freshness]')).toHaveCount(9);
  await expect(page.locator('[data-widget][data-source="live"]')).toHaveCount(9);
}

export interface Morning {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Long enough for a baseline of several snapshots (5 s apart while watching live), and for a morning to hurt. */
const quietMs = 30_000;
const loadMs = 40_000;

async function slowMorning(page: Page): Promise<Morning> {
  await open(page, 'Mornings');
  await page.getByRole('button', { name: 'Watch live' }).click();
  await expect(page.getByText('a sample every second')).toBeVisible();
  await startLoad(page, { managers: 0 });
  await page.waitForTimeout(quietMs);
  await stopLoad(page);
  const fromMs = Date.now();
  await startLoad(page, { managers: 16 });
  await expect(page.getByText('eight o’clock load is running')).toBeVisible();
  await page.waitForTimeout(loadMs);
  const toMs = Date.now();
  await stopLoad(page);
  return { fromMs, toMs };
}

async function startLoad(page: Page, { managers }: { readonly managers: number }): Promise<void> {
  await open(page, 'Connections');
  await page.getByRole('textbox', { name: 'Managers' }).fill(String(managers));
  await page.getByRole('button', { name: 'Start the eight o’clock load' }).click();
  await expect(page.getByRole('button', { name: 'Stop the load' })).toBeVisible();
}

async function stopLoad(page: Page): Promise<void> {
  await open(page, 'Connections');
  await page.getByRole('button', { name: 'Stop the load' }).click();
  await expect(page.getByRole('button', { name: 'Start the eight o’clock load' })).toBeVisible();
}

async function propose(page: Page, { fromMs, toMs }: Morning): Promise<{ widget: string; model: string }> {
  await open(page, 'Mornings');
  // A window lies in the address, so that one person can send it to another.
  await page.evaluate((hash) => (location.hash = hash), `#/mornings?from=${fromMs}&to=${toMs}`);
  await expect(page.getByRole('region', { name: 'Verdict' })).toContainText('times longer');
  const findings = page.getByRole('grid', { name: 'Findings' });
  await expect(findings).toContainText('unexplained');
  const finding = findings
    .locator('[data-row]')
    .filter({ has: page.getByRole('button', { name: 'Propose' }) })
    .first();
  await finding.getByRole('gridcell').first().click();
  const drawer = page.getByRole('dialog');
  await expect(drawer.getByRole('region', { name: 'Evidence' }).getByRole('listitem').first()).toBeVisible();
  const widget = (await drawer.getByRole('heading', { level: 2 }).first().innerText()).trim();
  await drawer.getByRole('button', { name: 'Propose a read model' }).click();

  await expect(page.getByRole('heading', { name: 'Propose a read model', level: 1 })).toBeVisible();
  const name = page.getByRole('textbox', { name: 'Name' });
  await expect(name).not.toHaveValue('');
  await expect(page.getByText('checked', { exact: true })).toBeVisible();
  const model = await name.inputValue();
  await page.getByRole('button', { name: 'Prove', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Proof' })).toContainText('proven on 1 parameter set');
  await page.getByRole('button', { name: 'Make the plan' }).click();
  return { widget, model };
}

async function applyPlan(page: Page, model: string): Promise<void> {
  await expect(page.getByRole('heading', { name: model, level: 1 })).toBeVisible();
  await expect(page.getByText('steps, nothing has run yet')).toBeVisible();
  const steps = page.getByRole('listitem').filter({ hasText: 'undo:' });
  expect(await steps.count()).toBeGreaterThan(3);
  await expect(steps.filter({ hasText: `create materialized view` }).first()).toContainText(`${model}_v1_a`);
  const run = page.getByRole('button', { name: 'Run the plan' });
  await expect(run).toBeDisabled();
  await page.getByRole('textbox', { name: `Type ${model} to run` }).fill(model);
  await run.click();
  await expect(page.getByText(`${model} serves version 1`)).toBeVisible();
}

async function widgetHasMoved(page: Page, widget: string, model: string): Promise<void> {
  await openExecutiveDashboard(page);
  const moved = card(page, widget);
  await expect(moved).toHaveAttribute('data-source', 'read_model');
  await expect(moved).toContainText(`read model ${model}`);
  await expect(moved.locator('[data-freshness="fresh"]')).toContainText('as of');
}

async function activityIsLogged(page: Page, model: string): Promise<void> {
  await open(page, 'Activity log');
  await expect(page.getByRole('grid')).toContainText(model);
}

async function loseDatabase(profile: string): Promise<string> {
  const servers = await call<ServerSummary[]>(profile, 'connections.list');
  const port = servers.find(({ settings }) => settings.environment === 'demo')?.settings.port ?? 0;
  const dataDir = await serverDirOf(port);
  await stopServer(dataDir);
  return dataDir;
}

async function dashboardIsOffline(page: Page, widget: string): Promise<void> {
  await openExecutiveDashboard(page);
  await expect(page.getByText('Showing saved numbers.')).toBeVisible();
  const saved = card(page, widget);
  await expect(saved.locator('[data-freshness="offline"]')).toContainText('offline');
  await saved.getByRole('button', { name: `Show ${widget} as a table` }).click();
  await expect(saved.getByRole('row').nth(1)).toBeVisible();
}
