import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RunnerIdentity } from '../../../electron/core/read-model/registry/runner-rows.ts';
import { isMissing } from '../../../electron/core/schedule/decide/watchdog.ts';
import { testServers } from '../../support/postgres.ts';
import { openShop, salesByRegion } from '../read-model/fixture.ts';
import { tablesOf } from './runner-shop.ts';

const life = (runner: string, profile: string): RunnerIdentity => ({
  runner,
  name: 'anna (agent) on erp1',
  profile,
  door: 'agent',
  host: 'erp1',
  pid: 1,
  version: '0',
});

describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  beforeAll(async () => {
    shop = await openShop(testServer, { rows: 20 });
    await shop.build(salesByRegion);
  });
  beforeEach(() => shop.sql('delete from daybreak.runner'));
  afterAll(() => shop?.close());

  const silentFor = (seconds: number, runner: string) =>
    shop.sql(`update daybreak.runner set heartbeat_at = clock_timestamp() - $1 * interval '1 s' where runner = $2`, [
      seconds,
      runner,
    ]);
  const listed = async () => {
    const { runners, nowMs } = await tablesOf(shop).state();
    return runners.map((row) => `${row.runner}${isMissing(row, nowMs) ? ' missing' : ''}`).toSorted();
  };

  test('an agent that died is missed, though another of the same user and machine reports from another profile', async () => {
    const tables = tablesOf(shop);
    await tables.report(life('dead', 'a'), {});
    await silentFor(31, 'dead');
    await tables.report(life('alive', 'b'), { running: 2 });
    expect(await listed()).toEqual(['alive', 'dead']);
    await silentFor(121, 'dead');
    await tables.report(life('alive', 'b'), {});
    expect(await listed()).toEqual(['alive', 'dead missing']);
  });

  test('an agent that starts again takes its earlier life off the list, also one of an older Daybreak', async () => {
    const tables = tablesOf(shop);
    await tables.report(life('first', 'a'), {});
    await silentFor(31, 'first');
    await tables.report(life('older', 'a'), {});
    await shop.sql(`update daybreak.runner set state = '{}' where runner = 'older'`);
    await silentFor(31, 'older');
    await tables.report(life('again', 'a'), {});
    expect(await listed()).toEqual(['again']);
  });
});
