import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeSource } from '../../../electron/core/dashboards/describe-source.ts';
import { checkLive } from '../../../electron/core/dashboards/live-check.ts';
import { openServer } from '../../../electron/core/postgres/connect.ts';
import type { Server } from '../../../electron/core/postgres/session.ts';
import { demoDashboards } from '../../../resources/demo-erp/dashboards.ts';
import { seedErp } from '../../../resources/demo-erp/seed/seed-erp.ts';
import { columnProblem } from '../../../shared/model/widget-problem.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../../support/postgres.ts';
import { silent, systemClock } from '../read-model/tools.ts';

const widgets = demoDashboards('demo').flatMap((dashboard) => dashboard.widgets);

/** Large enough that receipts and invoices are no small tables any more. */
const scale = 0.05;

describe.each(testServers())('$label', (testServer) => {
  let database: TestDatabase;
  let server: Server;
  beforeAll(async () => {
    database = await createTestDatabase(testServer);
    const { host, port, user, database: name } = database.settings;
    await seedErp({ connection: { host, port, user, password: database.password, database: name }, scale });
    const { settings, password } = database;
    server = await openServer({ serverId: 'demo', settings, password, clock: systemClock, logger: silent });
  });
  afterAll(async () => {
    await server?.close();
    await database?.drop();
  });

  test.each(widgets)('$title fits the columns of its query', async (widget) => {
    const { columns } = await describeSource(server, widget.title, widget.source);
    expect(columnProblem(widget, columns)).toBeNull();
  });

  test.each(widgets.filter(({ budget }) => budget === 'live'))('$title is cheap enough to be live', async (widget) => {
    const { select } = await describeSource(server, widget.title, widget.source);
    expect(await checkLive(server, select, systemClock)).toMatchObject({ cheap: true, steps: [] });
  });

  test.each(widgets.filter(({ budget }) => budget !== 'live'))(
    '$title is not, and says which table',
    async (widget) => {
      const { select } = await describeSource(server, widget.title, widget.source);
      const { cheap, steps } = await checkLive(server, select, systemClock);
      expect(cheap).toBe(false);
      expect(steps.map(({ table }) => table)).toContainEqual(expect.stringMatching(/^erp\./));
    },
  );
});
