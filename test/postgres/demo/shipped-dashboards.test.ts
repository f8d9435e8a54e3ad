import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createEngine, type RunningEngine } from '../../../electron/core/create-engine.ts';
import { nodePorts } from '../../../electron/hosts/node-ports.ts';
import { removeDemoErp } from '../../../resources/demo-erp/open-demo.ts';
import { demoServerId } from '../../../shared/model/demo-server.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

describe('the dashboards of the demo ERP when its data is made anew', () => {
  let engine: RunningEngine;
  const profileDir = mkdtempSync(join(tmpdir(), 'daybreak-shipped-dashboards-'));

  const open = async (scale?: number) => {
    engine.demo.open(scale);
    expect(await engine.demo.opened()).toMatchObject({ state: 'open', problem: null });
    const { erp } = engine.demo;
    if (erp === null) throw new Error('an open demo has an ERP');
    return erp;
  };
  const titles = async () => (await engine.dashboards.list(demoServerId)).map(({ title }) => title);

  beforeAll(async () => {
    const ports = nodePorts({ paths: { profileDir, resourcesDir: 'resources' }, logger: silent, door: 'test' });
    engine = await createEngine(ports, { background: true });
  });
  beforeEach(async () => {
    await engine.demo.close();
  });
  afterAll(async () => {
    await engine.stop();
    await removeDemoErp(join(profileDir, 'demo-erp'));
    rmSync(profileDir, { recursive: true });
  });

  test('on another scale: one that was renamed keeps its title, one that was removed stays away', async () => {
    await open(0.005);
    await engine.dashboards.editor.rename(demoServerId, 'executive-morning', 'My morning');
    await engine.dashboards.removals.remove(demoServerId, 'operations', 'Operations');
    await engine.demo.close();
    expect((await open(0.006)).freshlySeeded).toBe(true);
    expect(await titles()).toEqual(['My morning']);
    expect(await engine.dashboards.removals.list(demoServerId)).toMatchObject([{ dashboardId: 'operations' }]);
  });

  test('opened without a size, the data that is there is used again', async () => {
    await open(0.006);
    await engine.demo.close();
    expect((await open()).freshlySeeded).toBe(false);
  });

  test('on another day: widgets whose read model went with the data ask their own queries again', async () => {
    const { adminConnection } = await open(0.006);
    const own = await engine.dashboards.editor.duplicate(demoServerId, 'executive-morning', 'Mine');
    const [first] = own.dashboard.widgets;
    if (first === undefined) throw new Error('the executive dashboard has widgets');
    await engine.dashboards.setSource(demoServerId, own.dashboard.dashboardId, first.widgetId, {
      kind: 'read_model',
      readModel: 'gone_tomorrow',
      sql: 'select * from reporting.gone_tomorrow',
    });
    const admin = new pg.Client({ ...adminConnection });
    await admin.connect();
    await admin.query('update demo.seeded set seeded_on = seeded_on - 1');
    await admin.end();
    await engine.demo.close();
    expect((await open(0.006)).freshlySeeded).toBe(true);
    expect(await engine.dashboards.get(demoServerId, own.dashboard.dashboardId)).toEqual(own.dashboard);
  });
});
