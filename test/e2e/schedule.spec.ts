import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Locator, type Page } from '@playwright/test';
import { twoDigits } from '../../shared/format/zoned-time.ts';
import type { Dashboard } from '../../shared/model/dashboard.ts';
import { call, openBrowserDoor } from './support/doors.ts';
import { test } from './support/fixtures.ts';
import { inspectSizes as inspect } from './support/accessible.ts';
import { open } from './support/journey.ts';
import { takeRegistryBackTo } from '../support/older-registry.ts';
import { openScheduleErp, type ScheduleErp } from './support/schedule-erp.ts';
import { settled } from './support/settled.ts';

const erps: ScheduleErp[] = [];
test.afterEach(async () => {
  for (const erp of erps.splice(0)) await erp.close();
});

/** '14:00', so many hours from now on the clock of this machine, which is the page's, too. */
const clockIn = (hours: number): string => `${twoDigits((new Date().getHours() + hours) % 24)}:00`;
const row = (page: Page, name: string): Locator => page.locator(`[data-row="${name}"]`);
const tab = (page: Page, name: string): Promise<void> => page.getByRole('tab', { name, exact: true }).click();
const planned = (page: Page, name: string): Locator => page.locator(`[data-lane="${name}"] [data-run]`).first();

test('what runs when: a schedule is set, moved, paused and taken back, and windows hold it', async ({
  openWith,
  profile,
}) => {
  const erp = await openScheduleErp(profile);
  erps.push(erp);
  const { page } = await openWith((here) => openBrowserDoor(here, { context: { locale: 'en-GB' } }));
  await erp.connect();

  await test.step('before the first read model the screen says where one comes from', async () => {
    await open(page, 'Schedule');
    await expect(page.getByRole('heading', { name: 'No read model yet' })).toBeVisible();
  });

  await test.step('a schedule that nobody keeps says so, with the command of an agent', async () => {
    await erp.build('sales', 60);
    await expect(row(page, 'sales')).toContainText('within its budget of 1 h');
    const nobody = page.getByRole('status').filter({ hasText: 'no runner reports' });
    await expect(nobody).toContainText(/daybreak agent --url 'postgresql:\/\//);
    await nobody.getByRole('button', { name: 'Let this Daybreak refresh here' }).click();
    await expect(nobody).toHaveCount(0);
    await tab(page, 'Runners');
    await expect(page.getByRole('grid', { name: 'Runners' })).toContainText('this Daybreak');
    await expect(page.getByRole('grid', { name: 'Runners' })).toContainText('reports');
  });

  await test.step('refresh now, from the palette, is a run with its numbers', async () => {
    await tab(page, 'Schedule');
    await page.keyboard.press('ControlOrMeta+k');
    await page.getByRole('textbox', { name: 'Search commands' }).fill('Refresh now: sales');
    await page.keyboard.press('Enter');
    await tab(page, 'Runs');
    const runs = page.getByRole('grid', { name: 'Runs' });
    await expect(runs.getByText('done').first()).toBeVisible();
    await runs.locator('[data-row]').first().press('Enter');
    await expect(page.getByRole('dialog')).toContainText('somebody');
    await page.keyboard.press('Escape');
    await page.getByRole('combobox', { name: 'Runs of' }).click();
    await page.getByRole('option', { name: 'sales' }).click();
    await expect(page.getByRole('region', { name: 'How old sales was' })).toBeVisible();
  });

  await test.step('on another screen the palette refreshes, pauses and resumes too, and says what was done', async () => {
    const command = async (name: string): Promise<void> => {
      await page.keyboard.press('ControlOrMeta+k');
      await page.getByRole('textbox', { name: 'Search commands' }).fill(name);
      await page.getByRole('button', { name }).click();
    };
    await open(page, 'Alerts');
    await expect(page.getByRole('heading', { level: 1, name: 'Alerts' })).toBeVisible();
    await command('Pause: sales');
    await page.getByRole('textbox', { name: 'Why' }).fill('stock count');
    await page.getByRole('button', { name: 'Pause it' }).click();
    await expect(page.getByText('sales is paused.')).toBeVisible();
    await command('Resume: sales');
    await expect(page.getByText('sales is refreshed by its schedule again.')).toBeVisible();
    await command('Pause: sales');
    await page.getByRole('textbox', { name: 'Why' }).fill('stock count');
    await page.getByRole('button', { name: 'Pause it' }).click();
    await page
      .getByRole('alert')
      .filter({ hasText: 'sales is paused.' })
      .getByRole('button', { name: 'Undo' })
      .last()
      .click();
    await command('Refresh now: sales');
    await expect(page.getByText('sales is refreshed as soon as a runner has a free place.')).toBeVisible();
    await open(page, 'Schedule');
    await expect(row(page, 'sales')).not.toContainText('paused');
    await tab(page, 'Runs');
    await expect(page.getByRole('grid', { name: 'Runs' }).getByText('done').nth(1)).toBeVisible();
  });

  await test.step('what runs is cancelled, and the run says who asked', async () => {
    await erp.sql.query('begin; lock table erp.invoice in access exclusive mode');
    await tab(page, 'Schedule');
    await row(page, 'sales').focus();
    await page.keyboard.press('f');
    await expect(row(page, 'sales')).toContainText('running');
    await row(page, 'sales').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the refresh' }).click();
    await expect(page.getByRole('dialog').getByRole('button', { name: 'Refresh now' })).toBeVisible();
    await page.keyboard.press('Escape');
    await erp.sql.query('commit');
    await tab(page, 'Runs');
    const runs = page.getByRole('grid', { name: 'Runs' });
    await expect(runs).toContainText(/cancelled.*was cancelled, as .* asked/s);
  });

  const [first, hour] = [clockIn(8), clockIn(8).slice(0, 2)];
  await test.step('a cron is previewed before it is set', async () => {
    await tab(page, 'Schedule');
    await row(page, 'sales').focus();
    await page.keyboard.press('Enter');
    const drawer = page.getByRole('dialog');
    await drawer.getByText('At times').click();
    await drawer.getByRole('textbox', { name: 'Cron' }).fill('61 5 * * *');
    await expect(drawer.getByRole('alert')).toContainText('cannot be');
    await drawer.getByRole('textbox', { name: 'Cron' }).fill(`0 ${Number(hour)} * * *`);
    await expect(drawer.getByRole('list', { name: 'Next runs' }).getByRole('listitem')).toHaveCount(10);
    await expect(drawer.getByRole('list', { name: 'Next runs' }).first()).toContainText(first);
    await expect(drawer.getByText('breaks the budget')).toBeVisible();
    await drawer.getByRole('button', { name: 'Set the schedule' }).click();
    await expect(drawer.getByRole('button', { name: 'Set the schedule' })).toBeDisabled();
    await page.keyboard.press('Escape');
    await expect(row(page, 'sales')).toContainText(`daily at ${first}`);
  });

  await test.step('a calendar is a sentence, a preview, and a band on the axis', async () => {
    await tab(page, 'Calendars');
    await page.getByRole('button', { name: 'Add a calendar' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Stock taking');
    await dialog.getByRole('combobox', { name: 'Rule 1, how often' }).click();
    await page.getByRole('option', { name: 'every week' }).click();
    const days = dialog.getByRole('group', { name: 'Rule 1, days of the week' });
    for (const day of ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sun']) await days.getByText(day, { exact: true }).click();
    await dialog.getByLabel('Rule 1, from').fill(clockIn(10));
    await dialog.getByLabel('Rule 1, to').fill(clockIn(12));
    await expect(dialog).toContainText(`every day, ${clockIn(10)} to ${clockIn(12)}`);
    await expect(dialog.getByRole('list', { name: 'Next windows' }).getByRole('listitem').first()).toContainText(
      clockIn(10),
    );
    await dialog.getByRole('button', { name: 'Add it' }).click();
    await expect(dialog).toHaveCount(0);
    await tab(page, 'Schedule');
    await expect(page.locator('[data-lane="sales"] [data-window="Stock taking"]')).toBeVisible();
    await expect(
      page.getByRole('list', { name: 'Windows of Stock taking' }).getByRole('listitem').first(),
    ).toBeVisible();
  });

  await test.step('a run that is dragged into the band stays where it is, and says why', async () => {
    const [from, to] = await Promise.all([
      planned(page, 'sales').boundingBox(),
      page.locator('[data-lane="sales"] [data-window="Stock taking"]').first().boundingBox(),
    ]);
    if (from === null || to === null) throw new Error('run or band is out of sight');
    await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
    await page.mouse.down();
    await page.mouse.move(to.x + to.width / 2, from.y + 4, { steps: 5 });
    await expect(page.locator('[data-allowed="false"]')).toBeVisible();
    await page.mouse.up();
    await expect(page.getByText(/sales stays where it is: .* lies inside Stock taking/)).toBeVisible();
  });

  await test.step('by keyboard it moves to a quieter time, and back with Undo', async () => {
    await planned(page, 'sales').focus();
    await page.keyboard.press('Enter');
    for (let press = 0; press < 3; press += 1) await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    const moved = `${twoDigits((Number(hour) + 23) % 24)}:15`;
    await expect(dialog).toContainText(`daily at ${moved}`);
    await dialog.getByRole('button', { name: 'Apply' }).click();
    await expect(dialog).toHaveCount(0);
    await expect(row(page, 'sales')).toContainText(`daily at ${moved}`);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(row(page, 'sales')).toContainText(`daily at ${first}`);
  });

  await test.step('paused with a reason, and resumed', async () => {
    await row(page, 'sales').focus();
    await page.keyboard.press('p');
    await page.getByRole('textbox', { name: 'Why' }).fill('until the stock count is over');
    await page.keyboard.press('Enter');
    await expect(row(page, 'sales')).toContainText(/paused.*until the stock count is over/s);
    await row(page, 'sales').focus();
    await page.keyboard.press('r');
    await expect(row(page, 'sales')).toContainText('on time');
  });

  await test.step('a number says what freezes it, and since when', async () => {
    const everyDay = { kind: 'weekly', weekdays: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' };
    const calendar = { name: 'Month-end', timeZone: 'UTC', rules: [everyDay], noRefresh: true, noSwap: true };
    const { serverId } = erp;
    const { dashboard } = await call<{ dashboard: Dashboard }>(profile, 'dashboards.addReadModel', {
      serverId,
      readModel: 'sales',
    });
    await call(profile, 'schedule.saveCalendar', { serverId, calendar: { ...calendar, readModels: null } });
    await call(profile, 'schedule.pause', { serverId, readModel: 'sales', why: 'the stock count' });
    await page.evaluate((hash) => (location.hash = hash), `#/dashboards/${dashboard.dashboardId}`);
    const label = page.getByRole('region', { name: 'sales', exact: true }).locator('[data-freshness]');
    await expect(label).toContainText(/as of .* · frozen for Month-end since /);
    await label.focus();
    const tooltip = page.getByRole('tooltip');
    await expect(tooltip).toContainText(/frozen for Month-end since .*, until .* · its schedule is paused since /);
    await label.blur();
    await call(profile, 'schedule.resume', { serverId, readModel: 'sales' });
    await call(profile, 'schedule.removeCalendar', { serverId, name: 'Month-end' });
    await open(page, 'Schedule');
  });

  await test.step('it looks and reads well in both themes', async () => {
    await inspect(page, 'schedule');
    for (const name of ['Runs', 'Calendars', 'Runners']) {
      await tab(page, name);
      for (const colorScheme of ['dark', 'light'] as const) {
        await page.emulateMedia({ colorScheme });
        await settled(page, colorScheme);
        // What a theme can break is contrast; all else is the same in both.
        const axe = new AxeBuilder({ page });
        const { violations } = await (colorScheme === 'light' ? axe.withRules('color-contrast') : axe).analyze();
        const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
        expect
          .soft(
            serious.map(({ id, nodes }) => [id, nodes[0]?.html]),
            `${name}, ${colorScheme}`,
          )
          .toEqual([]);
      }
    }
  });

  await test.step('an older registry is brought up to date, with each statement on screen before it runs', async () => {
    await takeRegistryBackTo(30, (sql) => erp.sql.query(sql));
    await page.reload();
    await page.getByRole('button', { name: 'Bring it up to date' }).click();
    await expect(page.getByText('create table daybreak.schedule')).toBeVisible();
    await page.getByLabel(/type postgres to run/).fill('postgres');
    await page.getByRole('button', { name: 'Run the plan' }).click();
    await expect(page.getByRole('status').filter({ hasText: 'The registry is up to date' })).toBeVisible();
    await page.getByRole('button', { name: 'The schedule' }).click();
    await expect(row(page, 'sales')).toContainText('within its budget of 1 h');
  });
});
