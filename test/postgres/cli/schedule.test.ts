import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCliEngine } from '../../../electron/hosts/cli/cli-engine.ts';
import { value } from '../../../electron/hosts/cli/known-server.ts';
import type { ProfileEngine } from '../../../electron/hosts/profile/open-engine.ts';
import type { AlertList } from '../../../shared/model/alerts.ts';
import type { RecordedRun, ScheduledModelView, ScheduleOverview } from '../../../shared/model/schedule-view.ts';
import { printed } from '../../support/cli.ts';
import { daybreakHere } from '../../support/cli-here.ts';
import { silentLogger, temporaryDir } from '../../support/door.ts';
import { testServers } from '../../support/postgres.ts';
import { openShop, salesByRegion } from '../read-model/fixture.ts';

const [server] = testServers();
if (server === undefined) throw new Error('the bundled PostgreSQL is always there');

/** A port of this machine where nobody listens. */
async function deadPort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('schedules, runs and alerts on the command line', () => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  const profile = temporaryDir();
  let url: string;
  let window: ProfileEngine | undefined;
  beforeAll(async () => {
    shop = await openShop(server, { rows: 50 });
    const address = new URL(shop.url);
    address.username = shop.daybreak;
    address.password = '';
    url = address.href;
  });
  afterAll(async () => {
    await window?.close();
    await shop?.close();
    profile.remove();
  });

  const run = (...args: string[]) => daybreakHere(args, { profile: profile.path, env: { PGPASSWORD: shop.password } });

  test('say what is not there yet', async () => {
    expect(await run('schedule', 'list')).toMatchObject({ code: 1, stderr: expect.stringContaining('--url') });
    const list = await run('schedule', 'list', '--url', url);
    expect(list).toMatchObject({ code: 1, stdout: expect.stringContaining('There is no registry here yet') });
    expect(await run('runs', '--url', url)).toMatchObject({ code: 1, stdout: '', stderr: list.stdout });
    expect(await run('alerts', 'list', '--url', url)).toEqual(list);
    expect(await run('alerts', 'list', '--json', '--url', url)).toMatchObject({ code: 1, stderr: '' });
    const wrong = await run('schedule', 'set', 'sales', '--cron', '0 7 * * *', '--time-zone', 'Berlin');
    expect(wrong).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('a time zone, such as') });
  });

  test('show, set, ask and refresh; what cannot be is said with what to do', async () => {
    // Beside an open window, whose engine they ask.
    window = await openCliEngine({ profile: profile.path, door: 'browser', logger: silentLogger, background: false });
    const consumers = [{ consumer: 'a report', owner: 'Anna', budget: { minutes: 60 } }];
    await shop.build(salesByRegion, { consumers });
    const list = await run('schedule', 'list');
    expect(list).toMatchObject({ code: 0, stderr: '' });
    expect(list.stdout).toMatch(
      /^read model +schedule +age +due +usually +state\nsales +within its budget .* in \d+ min/,
    );
    expect(list.stdout).toContain('No runner reports');
    const overview = printed(await run('schedule', 'list', '--json')) as ScheduleOverview;
    expect(overview.models).toMatchObject([{ readModel: 'sales', schedule: { kind: 'budget' } }]);

    const failing: readonly (readonly [readonly string[], RegExp])[] = [
      [['schedule', 'set', 'nothing', '--budget'], /There is no read model nothing in database/],
      [['schedule', 'set', 'sales'], /exactly one of --budget/],
      [['schedule', 'set', 'sales', '--budget', '--by-hand'], /exactly one of --budget/],
      [['schedule', 'set', 'sales', '--cron', 'at seven'], /at seven/],
      [['schedule', 'set', 'sales', '--cron', '0 7 * * *', '--time-zone', 'Berlin'], /time zone/],
      [['schedule', 'set', 'sales', '--after', 'sales'], /sales/],
      [['schedule', 'refresh', 'sales'], /No runner reports[^]*daybreak schedule refresh sales --here/],
      [['schedule', 'pause', 'nothing'], /There is no read model nothing/],
      [['runs', 'nothing'], /There is no read model nothing/],
      [['alerts', 'ack', 'sales'], /No open alert is about "sales"/],
      [['alerts', 'test', 'pager'], /There is no channel "pager". There are "This machine"/],
    ];
    for (const [args, said] of failing) {
      expect([args, await run(...args)]).toMatchObject([
        args,
        { code: 1, stdout: '', stderr: expect.stringMatching(said) },
      ]);
    }

    const preview = await run('schedule', 'set', 'sales', '--cron', '30 6 * * 1-5', '--time-zone', 'UTC', '--preview');
    expect(preview.stdout.match(/T06:30:00\.000Z/g)).toHaveLength(10);
    const paused = printed(
      await run('schedule', 'pause', 'sales', '--why', 'stock taking', '--json'),
    ) as ScheduledModelView;
    expect(paused).toMatchObject({ schedule: { kind: 'budget' }, paused: { why: 'stock taking' } });
    expect((await run('schedule', 'resume', 'sales')).stdout).toMatch(
      /^sales: within its budget; a report accepts 1 h/,
    );

    expect((await run('schedule', 'refresh', 'sales', '--here')).stdout).toMatch(/^sales is as of .*Z \(.*\)\.\n$/);
    expect((await run('runs', 'sales')).stdout).toMatch(/^started \(UTC\) +read model .*\n\d{4}-\S+ \S+ +sales +done /);
    expect(printed(await run('runs', '--json', '--limit', '1')) as RecordedRun[]).toMatchObject([{ state: 'done' }]);
  });

  test('tell what is wrong, and do not say that nothing is where nobody could look', async () => {
    expect(await run('alerts', 'list', '--url', url)).toMatchObject({ code: 0, stdout: 'Nothing is wrong.\n' });
    const dead = new URL(url);
    dead.port = String(await deadPort());
    expect(await run('alerts', 'list', '--url', dead.href)).toMatchObject({ code: 1, stdout: '' });
    // A slip in an address is not kept; what is known and does not answer hides nothing.
    if (window === undefined) throw new Error('the test before opens one');
    const { client } = window;
    expect(value(await client.connections.list({}))).toHaveLength(1);
    const { settings } = value(await client.connections.parse({ text: dead.href }));
    value(await client.connections.save({ settings }));
    const unknown = await run('alerts', 'list', '--url', dead.href);
    expect(unknown).toMatchObject({ code: 1, stdout: expect.stringContaining('but nobody could look.') });
    expect(unknown.stdout).toContain('nobody listens there');
    const list = printed(await run('alerts', 'list', '--json', '--url', dead.href)) as AlertList;
    expect(list).toMatchObject({ open: [], notes: [expect.stringContaining('cannot be read')] });
    const channel = { label: 'This machine', enabled: false, target: { kind: 'desktop' }, quiet: null };
    const off = JSON.stringify({ channel: { ...channel, channelId: 'desktop' } });
    expect((await run('call', 'alerts.saveChannel', off)).code).toBe(0);
    expect(await run('alerts', 'test')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('No channel is switched on. There are "This machine".'),
    });
  });

  test('do not say that nothing is wrong where the registry is gone', async () => {
    expect(await run('alerts', 'list', '--url', url)).toMatchObject({ code: 0, stdout: 'Nothing is wrong.\n' });
    await shop.admin.query('drop schema daybreak cascade');
    const list = await run('alerts', 'list', '--url', url);
    expect(list).toEqual(await run('schedule', 'list', '--url', url));
    expect(list).toMatchObject({ code: 1, stdout: expect.stringContaining('There is no registry here yet') });
  });
});
