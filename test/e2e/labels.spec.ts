import { expect, type CDPSession, type Locator, type Page } from '@playwright/test';
import { inspectSizes } from './support/accessible.ts';
import { openBoard, type Board } from './support/board.ts';
import type { WidgetData } from '../../shared/model/dashboard.ts';
import { call, callApart, openBrowserDoor, type OpenDoor } from './support/doors.ts';
import { test } from './support/fixtures.ts';

/** A morning in Berlin, on the page's clock alone: the engine and the server keep the real one. */
const morning = new Date('2026-11-20T08:40:00+01:00');
const card = (page: Page, title: string): Locator => page.getByRole('region', { name: title, exact: true });
const age = (page: Page, title: string): Locator => card(page, title).locator('[data-freshness]');

interface OpenBoard {
  readonly door: OpenDoor;
  readonly board: Board;
  readonly cdp: CDPSession;
}

const boards: Board[] = [];
test.afterEach(async () => {
  for (const board of boards.splice(0)) await board.close();
});

async function openAt(
  openWith: (open: (profile: string) => Promise<OpenDoor>) => Promise<OpenDoor>,
  profile: string,
  prepare: (board: Board) => Promise<void>,
  time = morning,
): Promise<OpenBoard> {
  const board = await openBoard(profile);
  boards.push(board);
  await prepare(board);
  const sessions: CDPSession[] = [];
  const door = await openWith((here) =>
    openBrowserDoor(here, {
      context: { locale: 'en-GB' },
      prepare: async (page) => {
        const cdp = await page.context().newCDPSession(page);
        await cdp.send('Emulation.setTimezoneOverride', { timezoneId: 'Europe/Berlin' });
        sessions.push(cdp);
        await page.clock.install({ time });
      },
    }),
  );
  const [cdp] = sessions;
  if (cdp === undefined) throw new Error('the page was not prepared');
  await board.connect(profile);
  await door.page.evaluate(() => (location.hash = '#/dashboards/board'));
  await expect(door.page.getByRole('heading', { name: 'Board', level: 1 })).toBeVisible();
  return { door, board, cdp };
}

test('every label tells the age of its number by the reader’s clock, through the day and the night', async ({
  openWith,
  profile,
}) => {
  const { door, board, cdp } = await openAt(openWith, profile, async ({ setAsOf }) => {
    await setAsOf('sales', '2026-11-20T08:00:00+01:00');
    await setAsOf('margin', '2026-11-20T04:00:02+01:00');
    await setAsOf('stock', '2026-11-19T23:00:00+01:00');
  });
  const { page } = door;
  await test.step('fresh, nightly, stale, live and unknown', async () => {
    await expect(age(page, 'Sales')).toHaveAttribute('data-freshness', 'fresh');
    await expect(age(page, 'Sales')).toContainText('as of 8:00 this morning');
    await expect(age(page, 'Margin')).toHaveAttribute('data-freshness', 'fresh');
    await expect(age(page, 'Margin')).toContainText('as of 4:00 this morning');
    await expect(age(page, 'Stock')).toHaveAttribute('data-freshness', 'stale');
    await expect(age(page, 'Stock')).toContainText('as of yesterday 23:00 · stale');
    await expect(age(page, 'Growth')).toHaveAttribute('data-freshness', 'unknown');
    await expect(age(page, 'Growth')).toContainText('age unknown');
    const own = page.locator('header [data-freshness]').first();
    await expect(own).toContainText('oldest number: as of yesterday 23:00 · stale');
    await expect(own).toContainText('it is Stock');
  });

  await test.step('the exact moment, its zone and the source on focus', async () => {
    await age(page, 'Sales').focus();
    await expect(page.getByRole('tooltip')).toContainText(
      'Fresh: younger than its budget · 20 November 2026, 08:00:00 CET, server clock',
    );
    await expect(page.getByRole('tooltip')).toContainText('from the database');
    await page.keyboard.press('Escape');
    await age(page, 'Sales').blur();
  });

  await test.step('fresh becomes due by its budget, and the number is asked for then', async () => {
    await page.clock.fastForward('00:19:30');
    await expect(age(page, 'Sales')).toHaveAttribute('data-freshness', 'fresh');
    await page.clock.fastForward('00:01:00');
    await expect(age(page, 'Sales')).toHaveAttribute('data-freshness', 'due');
    await expect(age(page, 'Sales')).toContainText('as of 8:00 this morning · due');
    await board.setAsOf('sales', '2026-11-20T09:00:00+01:00');
    // Twenty minutes of the page are a second of the engine, which has read it a second ago; another door asks by hand.
    await call(profile, 'dashboards.data', { serverId: board.serverId, dashboardId: 'board', widgetId: 'sales' });
    await page.clock.fastForward('00:20:00');
    await expect(age(page, 'Sales')).toContainText('as of 9:00 this morning');
    await expect(age(page, 'Sales')).toHaveAttribute('data-freshness', 'fresh');
  });

  await test.step('a border is crossed while the window is open', async () => {
    await cdp.send('Emulation.setTimezoneOverride', { timezoneId: 'Asia/Kolkata' });
    await page.clock.fastForward('00:00:06');
    await expect(age(page, 'Sales')).toContainText('as of 13:30 today');
    await expect(age(page, 'Stock')).toContainText('as of 3:30 this morning');
    await cdp.send('Emulation.setTimezoneOverride', { timezoneId: 'Europe/Berlin' });
    await page.clock.fastForward('00:00:06');
    await expect(age(page, 'Stock')).toContainText('as of yesterday 23:00');
  });

  await test.step('midnight passes, and the night’s refresh falls due', async () => {
    await page.clock.fastForward('14:25:00');
    await expect(age(page, 'Margin')).toContainText('as of 4:00 this morning');
    await page.clock.fastForward('00:30:00');
    await expect(age(page, 'Margin')).toContainText('as of yesterday 04:00');
    await expect(age(page, 'Margin')).toHaveAttribute('data-freshness', 'fresh');
    await page.clock.fastForward('04:00:00');
    await expect(age(page, 'Margin')).toHaveAttribute('data-freshness', 'due');
    await page.clock.fastForward('24:00:00');
    await expect(age(page, 'Margin')).toHaveAttribute('data-freshness', 'stale');
    await expect(age(page, 'Margin')).toContainText('as of Fri 20 Nov 04:00 · stale');
  });

  const at = async (now: string, asOf: string) => {
    await board.setAsOf('sales', asOf);
    await page.clock.setSystemTime(new Date(now));
    await page.getByRole('button', { name: 'Refresh now' }).click();
  };

  await test.step('the clocks are put back: an hour comes twice, and ages do not', async () => {
    await at('2026-10-25T02:50:00+02:00', '2026-10-25T02:10:00+02:00');
    await expect(age(page, 'Sales')).toContainText('as of 2:10 this morning');
    await expect(age(page, 'Sales')).toContainText('02:10:00 CEST');
    await expect(age(page, 'Sales')).toHaveAttribute('data-freshness', 'fresh');
    // It is 02:15 again on the wall, and 65 minutes later.
    await page.clock.fastForward('00:25:00');
    await expect(age(page, 'Sales')).toHaveAttribute('data-freshness', 'due');
  });

  await test.step('the clocks are put forward: an hour is missing, and no age jumps', async () => {
    await at('2026-03-29T01:50:00+01:00', '2026-03-29T01:40:00+01:00');
    await expect(age(page, 'Sales')).toContainText('as of 1:40 this morning');
    // It is 03:05 on the wall, and 25 minutes after it was read.
    await page.clock.fastForward('00:15:00');
    await expect(age(page, 'Sales')).toContainText('as of 1:40 this morning');
    await expect(age(page, 'Sales')).toHaveAttribute('data-freshness', 'fresh');
  });

  await test.step('it looks and reads well in both themes', () => inspectSizes(page, 'labels'));
});

test('a lost database is counted down to, numbers stay with their age, and one round of questions follows', async ({
  openWith,
  profile,
}) => {
  // When the next try is, the engine says by the real clock.
  const { door, board } = await openAt(openWith, profile, async () => undefined, new Date());
  const { page } = door;
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/dashboards/data')) asked.push(request.postData() ?? '');
  });
  const offline = page.locator('[data-widget] [data-freshness="offline"]');

  await test.step('the server stops', async () => {
    await expect(age(page, 'Sales')).toHaveAttribute('data-freshness', 'fresh');
    await board.sql.end();
    await board.server.stop();
    await expect(page.getByText('Showing saved numbers.')).toBeVisible();
    await expect(offline.first()).toContainText('offline');
    await expect(age(page, 'Sales')).toContainText(/^as of .* · offline/);
    await expect(card(page, 'Sales')).toContainText('184,220.40');
    await expect(card(page, 'Sales').getByRole('button', { name: /nothing newer can be read/ })).toBeVisible();
  });

  await test.step('the next try is counted down, and can be had at once', async () => {
    const banner = page.getByRole('status').filter({ hasText: 'Showing saved numbers.' });
    const timer = banner.getByRole('timer');
    const secondsLeft = async () => Number(/^Next try in (\d+) s\.$/.exec(await timer.innerText())?.[1]);
    await expect.poll(secondsLeft).toBeGreaterThan(3);
    // The page's clock is seconds behind the engine's, and an attempt begins another countdown: any second may be seen to pass.
    const passed = async () => {
      const before = await secondsLeft();
      await page.waitForTimeout(1_500);
      return before - (await secondsLeft());
    };
    await expect.poll(passed).toBeGreaterThan(0);
    await banner.getByRole('button', { name: 'Try now' }).click();
    await expect(banner).toContainText('nobody listens there');
  });

  await test.step('a window that is loaded anew shows the same numbers', async () => {
    await page.reload();
    await expect(page.getByText('Showing saved numbers.')).toBeVisible();
    await expect(card(page, 'Sales')).toContainText('184,220.40');
    await expect(age(page, 'Sales')).toContainText(/^as of .* · offline/);
  });

  await test.step('while it is away nobody asks, and when it is back everything is asked once', async () => {
    asked.length = 0;
    await page.clock.fastForward('02:00:00');
    await page.waitForTimeout(1_500);
    expect(asked).toEqual([]);
    await board.restart();
    await expect(page.getByText('Showing saved numbers.')).toHaveCount(0);
    await expect(offline).toHaveCount(0);
    await expect.poll(() => asked.length).toBeGreaterThanOrEqual(5);
    await page.waitForTimeout(1_000);
    expect(asked.length).toBe(5);
  });
});

test('a hidden window asks nothing, two doors ask the server once, and a machine that slept makes one round', async ({
  openWith,
  profile,
}) => {
  const { door, board } = await openAt(openWith, profile, async () => undefined);
  const { page } = door;
  await expect(page.locator('[data-widget] [data-freshness]')).toHaveCount(5);
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/dashboards/data')) asked.push(request.postData() ?? '');
  });
  const hide = (hidden: boolean) =>
    page.evaluate((now) => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => now });
      Object.defineProperty(document, 'visibilityState', {
        configurable: true,
        get: () => (now ? 'hidden' : 'visible'),
      });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);

  await test.step('hidden', async () => {
    await hide(true);
    await page.clock.fastForward('03:00:00');
    await page.waitForTimeout(1_000);
    expect(asked).toEqual([]);
  });

  await test.step('seen again: each is asked once, however long it was hidden', async () => {
    await hide(false);
    await expect.poll(() => asked.length).toBe(5);
    await page.waitForTimeout(1_500);
    expect(asked.length).toBe(5);
  });

  await test.step('a machine that slept eight hours asks for what is due, once', async () => {
    asked.length = 0;
    await page.clock.fastForward('08:00:00');
    await expect.poll(() => asked.length).toBeGreaterThan(0);
    await page.waitForTimeout(1_500);
    expect(asked.length).toBeLessThanOrEqual(5);
    expect(new Set(asked).size).toBe(asked.length);
  });

  await test.step('what the window read a moment ago is what another door gets', async () => {
    await board.sql.query('create extension if not exists pg_stat_statements');
    const calls = async () => {
      const { rows } = await board.sql.query<{ calls: string }>(
        `select coalesce(sum(calls), 0)::text as calls from pg_stat_statements
        where query like 'select count(*) as amount from erp.approval%'`,
      );
      return Number(rows[0]?.calls);
    };
    const ask = (background: boolean) =>
      callApart<WidgetData>(profile, 'dashboards.data', {
        serverId: board.serverId,
        dashboardId: 'board',
        widgetId: 'approvals',
        background,
      });
    const byHand = await ask(false);
    const before = await calls();
    const again = await Promise.all([ask(true), ask(true)]);
    expect(again.map(({ freshness }) => freshness.asOf)).toEqual([byHand.freshness.asOf, byHand.freshness.asOf]);
    expect(await calls()).toBe(before);
    expect((await ask(false)).freshness.asOf).not.toBe(byHand.freshness.asOf);
    expect(await calls()).toBe(before + 1);
  });
});
