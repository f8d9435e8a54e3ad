import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Server } from '../../../electron/core/postgres/session.ts';
import {
  planCreateOrNewVersion,
  planDrop,
  planSuspend,
  planUninstall,
} from '../../../electron/core/read-model/plan-for.ts';
import { setRefreshMode } from '../../../electron/core/read-model/refresh/set-mode.ts';
import { listReadModels } from '../../../electron/core/read-model/registry/read-models.ts';
import { startEmbeddedServer, type EmbeddedServer } from '../../../resources/demo-erp/embedded-server.ts';
import { testServers } from '../../support/postgres.ts';
import { failureOf, openShop, salesByRegion, systemClock } from './fixture.ts';

/** A server that is in recovery, as a replica whose primary is out of reach: it is read, and nothing can be written. */
describe.each(testServers())('a replica of $label', ({ label, major }) => {
  let running: EmbeddedServer;
  let replica: Server;
  let shop: Awaited<ReturnType<typeof openShop>>;
  beforeAll(async () => {
    const dir = await mkdtemp(join(tmpdir(), `daybreak-replica-${major}-`));
    await chmod(dir, 0o711);
    const options = {
      dir,
      settings: { fsync: 'off', shared_buffers: '32MB' },
      ...(major === 15 ? { binaries: { binDir: '/usr/lib/postgresql/15/bin', major } } : {}),
    };
    running = await startEmbeddedServer(options);
    const { host, port, user, password } = running;
    shop = await openShop({ label, major, host, port, user, password }, { rows: 100 });
    await shop.build(salesByRegion);
    await shop.server.close();
    await shop.admin.end();
    await running.stop();
    await writeFile(join(running.dataDir, 'standby.signal'), '');
    running = await startEmbeddedServer({ ...options, port, ephemeral: true });
    replica = await shop.openAs(shop.daybreak);
  });
  afterAll(async () => {
    await replica?.close();
    await running?.stop();
  });

  test('its read models are seen, and everything that would write is refused before anything is begun', async () => {
    expect(replica.facts.inRecovery).toBe(true);
    expect(await listReadModels(replica, systemClock)).toMatchObject([{ name: 'sales', currentVersion: 1, drift: [] }]);
    const stamp = () => ({ server: replica, planId: randomUUID(), nowMs: Date.now() });
    const plan = await failureOf(planDrop({ ...stamp(), name: 'sales' }));
    expect(plan).toMatchObject({ code: 'capability_missing', message: expect.stringContaining('replica') });
    const proposal = {
      proposal: { name: 'more', question: 'q', owner: 'o', definitionSql: salesByRegion, keyColumns: ['region'], consumers: [], grantTo: [] },
      columns: [], expectedRows: 1, expectedBytes: 1, expectedCost: 1, baseTables: [], warnings: [], readerSql: '',
      origin: 'sql' as const, statementId: null, widgetId: null, constantsFrozen: false,
    }; // prettier-ignore
    for (const work of [
      () => planCreateOrNewVersion({ ...stamp(), schema: 'reporting', proposal }),
      () => planSuspend({ ...stamp(), name: 'sales' }),
      () => planUninstall(stamp()),
      () => shop.refresh('sales', undefined, { server: replica }),
      () =>
        setRefreshMode({ server: replica, readModel: 'sales', mode: null, journal: shop.journal, clock: systemClock }),
    ]) {
      expect(await failureOf(work())).toMatchObject({ code: 'capability_missing' });
    }
  });
});
