import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import pg from 'pg';
import { formatClock, zonedTime } from '../../../shared/format/zoned-time.ts';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import { accessible } from './accessible.ts';
import { call, type OpenDoor } from './doors.ts';
import type { Morning } from './journey.ts';

const hostileName = '<img src=x onerror=alert(1)>';

/** What hangs on the Mornings screen: its tabs, filter, plans and comparison, by mouse, keyboard and address. */
export async function lookAround({ page, profile }: OpenDoor, morning: Morning): Promise<void> {
  await test.step('a hostile application name is shown as the text it is', () => hostileClient(page, profile));
  await test.step('every tab of the morning', () => everyTab(page, morning));
  await test.step('a filter narrows the lists, and stands in the address', () => filterByApplication(page, morning));
  await test.step('the plan of a finding, by keyboard', () => planOfFinding(page, morning));
  await test.step('two mornings beside each other', () => compareMornings(page, morning));
}

const goTo = (page: Page, path: string, params: Readonly<Record<string, string | number>>): Promise<void> =>
  page.evaluate(
    (hash) => {
      location.hash = hash;
    },
    `#${path}?${new URLSearchParams(Object.entries(params).map(([name, value]) => [name, String(value)])).toString()}`,
  );

/** A laptop that is carried over a border with its window open: every time is told by the clock of where it is now. */
export async function crossBorder(page: Page, { fromMs, toMs }: Morning): Promise<void> {
  await goTo(page, '/mornings', { from: fromMs, to: toMs });
  const chart = page.getByRole('img', { name: /^Active sessions by class/ });
  const verdict = page.getByRole('region', { name: 'Verdict' });
  await expect(chart).toBeVisible();
  const cdp = await page.context().newCDPSession(page);
  /** How long before the morning the chart begins, by the clock of a zone; hours where it tells by another clock. */
  const leadMinutes = async (timeZone: string): Promise<number> => {
    const [, hour, minute] = /between (\d\d):(\d\d)/.exec((await chart.getAttribute('aria-label')) ?? '') ?? [];
    return (minutesOf(fromMs, timeZone) - Number(hour) * 60 - Number(minute) + 1440) % 1440;
  };
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const timezoneId of ['Asia/Kolkata', 'Pacific/Honolulu', here]) {
    await cdp.send('Emulation.setTimezoneOverride', { timezoneId });
    // A window looks at its clock when it is looked at, and every few seconds.
    await page.evaluate(() => dispatchEvent(new Event('focus')));
    await expect.poll(() => leadMinutes(timezoneId), timezoneId).toBeLessThanOrEqual(60);
    await expect(verdict, timezoneId).toContainText(formatClock(fromMs, timezoneId));
  }
  await cdp.detach();
}

const minutesOf = (atMs: number, timeZone: string): number => {
  const { hour, minute } = zonedTime(atMs, timeZone);
  return hour * 60 + minute;
};

async function settled(page: Page): Promise<void> {
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
  await expect(page.getByRole('alert')).toHaveCount(0);
}

async function hostileClient(page: Page, profile: string): Promise<void> {
  const servers = await call<ServerSummary[]>(profile, 'connections.list');
  const settings = servers.find(({ settings: { environment } }) => environment === 'demo')?.settings;
  const client = new pg.Client({
    host: settings?.host,
    port: settings?.port,
    database: settings?.database,
    user: 'postgres',
    password: readFileSync(join(profile, 'demo-erp', 'password-18'), 'utf8').trim(),
    application_name: hostileName,
  });
  const fromMs = Date.now() - 1000;
  await client.connect();
  // Somebody watches live: a sample comes every second.
  await client.query('select pg_sleep(4)');
  await client.end();
  await goTo(page, '/mornings', { from: fromMs, to: Date.now() + 1000, tab: 'transactions' });
  await expect(page.getByRole('grid', { name: 'Slow transactions' })).toContainText(hostileName);
  await page.getByRole('combobox', { name: 'Only application' }).click();
  await expect(page.getByRole('option', { name: hostileName })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.locator('img[src="x"]')).toHaveCount(0);
}

async function everyTab(page: Page, { fromMs, toMs }: Morning): Promise<void> {
  await goTo(page, '/mornings', { from: fromMs, to: toMs });
  await expect(page.getByRole('region', { name: 'Verdict' })).toContainText('times longer');
  const shown = {
    Victims: 'Victims',
    'Slow transactions': 'Slow transactions',
    'Lock queues': 'Lock queues',
    'Open findings': 'Open findings',
    Classes: 'Statements of the window',
    'Report indexes': 'Indexes that only reports use',
  };
  for (const [tab, label] of Object.entries(shown)) {
    await page.getByRole('tab', { name: tab }).click();
    const table = page.getByRole('grid', { name: label, exact: true });
    await expect(table.or(page.getByRole('treegrid', { name: label }))).toBeVisible();
    await settled(page);
    await accessible(page, tab);
  }
}

async function filterByApplication(page: Page, { fromMs, toMs }: Morning): Promise<void> {
  await goTo(page, '/mornings', { from: fromMs, to: toMs });
  await page.getByRole('combobox', { name: 'Only application' }).click();
  await page.getByRole('option', { name: hostileName }).click();
  await page.keyboard.press('Escape');
  const hidden = page.getByText(/\d+ findings? (is|are) hidden by the filter/);
  await expect(hidden).toBeVisible();
  await expect(page).toHaveURL(/app=/);
  await page.reload();
  await expect(hidden, 'the filter stands in the address').toBeVisible();
  await page.getByRole('tab', { name: 'Classes' }).click();
  await expect(page.getByText(/\d+ statements? (is|are) hidden by the filter/)).toBeVisible();
  await page.getByRole('tab', { name: 'Findings', exact: false }).first().click();
  await page.getByRole('button', { name: 'Clear the filter' }).first().click();
  await expect(hidden).toHaveCount(0);
}

async function planOfFinding(page: Page, { fromMs, toMs }: Morning): Promise<void> {
  await goTo(page, '/mornings', { from: fromMs, to: toMs });
  const first = page.getByRole('grid', { name: 'Findings' }).locator('[data-row]').first();
  await first.focus();
  await first.press('Enter');
  const drawer = page.getByRole('dialog');
  await drawer.getByRole('tab', { name: 'Plan' }).click();
  await drawer.getByRole('button', { name: 'Explain', exact: true }).press('Enter');
  const plan = drawer.getByRole('treegrid', { name: 'Plan' });
  await expect(plan).toContainText('costliest');
  const rows = plan.locator('[data-node]');
  const all = await rows.count();
  await rows.first().press('ArrowLeft');
  await expect(rows).toHaveCount(1);
  await rows.first().press('ArrowRight');
  await expect(rows).toHaveCount(all);
  await drawer.getByRole('tab', { name: 'Index', exact: true }).click();
  await expect(drawer.getByText('this belongs in a read model')).toBeVisible();
  await accessible(page, 'the drawer');
  await page.keyboard.press('Escape');
  await expect(drawer).toHaveCount(0);
}

async function compareMornings(page: Page, { fromMs, toMs }: Morning): Promise<void> {
  await page.keyboard.press('ControlOrMeta+k');
  await page.getByRole('textbox', { name: 'Search commands' }).fill('Compare mornings');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Compare mornings', level: 1 })).toBeVisible();
  await goTo(page, '/mornings/compare', { from: fromMs, to: toMs, ofrom: fromMs - 40_000, oto: fromMs });
  await expect(page.getByRole('grid', { name: 'Differences' })).toContainText('→');
  await settled(page);
  await accessible(page, 'the comparison');
  await page.getByRole('button', { name: 'Back to the morning' }).click();
}
