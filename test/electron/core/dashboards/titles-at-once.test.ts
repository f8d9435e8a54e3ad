import { describe, expect, onTestFinished, test } from 'vitest';
import { createEngine } from '../../../../electron/core/create-engine.ts';
import { nodePorts } from '../../../../electron/hosts/node-ports.ts';
import { unreachable } from '../../../support/engine-with-history.ts';
import { quiet, testFolder } from '../history/store.ts';

/** A server whose dashboards are changed from two windows. */
async function server() {
  const profileDir = await testFolder();
  const ports = nodePorts({ paths: { profileDir, resourcesDir: '' }, logger: quiet, door: 'test' });
  const engine = await createEngine(ports, { background: false });
  onTestFinished(() => engine.stop());
  const { serverId } = await engine.servers.save({ settings: unreachable });
  const { editor, removals } = engine.dashboards;
  const titles = async () => (await engine.dashboards.list(serverId)).map(({ title }) => title).toSorted();
  const create = async (title: string) => (await editor.create(serverId, title)).dashboardId;
  return { engine, serverId, editor, removals, titles, create };
}

const made = { status: 'fulfilled' };
const refused = {
  status: 'rejected',
  reason: { value: { code: 'invalid_input', message: expect.stringContaining('"Sales" already') } },
};

test('a dashboard that is put back while another window forgets it stays', async () => {
  const { serverId, removals, create, titles } = await server();
  const dashboardId = await create('Sales');
  await removals.remove(serverId, dashboardId, 'Sales');
  const both = [removals.putBack(serverId, dashboardId), removals.forget(serverId, dashboardId, 'Sales')];
  expect(await Promise.allSettled(both)).toMatchObject([
    made,
    { status: 'rejected', reason: { value: { code: 'not_found' } } },
  ]);
  expect(await titles()).toEqual(['Sales']);
});

describe('one title from two windows at the same moment', () => {
  test('makes one dashboard, and refuses the other as it does later', async () => {
    const { create, titles } = await server();
    expect(await Promise.allSettled([create('Sales'), create(' Sales ')])).toMatchObject([made, refused]);
    expect(await titles()).toEqual(['Sales']);
  });

  test('goes to the first that is renamed, made or copied under it', async () => {
    const { serverId, editor, create, titles } = await server();
    const costs = await create('Costs');
    const stock = await create('Stock');
    const asked = [
      editor.rename(serverId, costs, 'Sales'),
      editor.rename(serverId, stock, 'Sales'),
      editor.create(serverId, 'Sales'),
      editor.duplicate(serverId, stock, 'Sales'),
    ];
    expect(await Promise.allSettled(asked)).toMatchObject([made, refused, refused, refused]);
    expect(await titles()).toEqual(['Sales', 'Stock']);
  });

  test('gives each copy the next title that is free', async () => {
    const { serverId, editor, create, titles } = await server();
    const sales = await create('Sales');
    await Promise.all([1, 2, 3].map(() => editor.duplicate(serverId, sales)));
    expect(await titles()).toEqual(['Sales', 'Sales (copy 2)', 'Sales (copy 3)', 'Sales (copy)']);
  });

  test('gives each that is put back the next title that is free', async () => {
    const { serverId, removals, create, titles } = await server();
    const removed: string[] = [];
    for (let times = 0; times < 2; times += 1) {
      const dashboardId = await create('Sales');
      await removals.remove(serverId, dashboardId, 'Sales');
      removed.push(dashboardId);
    }
    const [, ...back] = await Promise.all([
      create('Sales'),
      ...removed.map((dashboardId) => removals.putBack(serverId, dashboardId)),
    ]);
    expect(back.map(({ note }) => note)).toEqual([
      'Another dashboard is called "Sales" now: this one is "Sales (put back)".',
      'Another dashboard is called "Sales" now: this one is "Sales (put back 2)".',
    ]);
    expect(await titles()).toEqual(['Sales', 'Sales (put back 2)', 'Sales (put back)']);
  });

  test('puts a dashboard back once', async () => {
    const { serverId, removals, create, titles } = await server();
    const sales = await create('Sales');
    await removals.remove(serverId, sales, 'Sales');
    const asked = [removals.putBack(serverId, sales), removals.putBack(serverId, sales)];
    const notThere = { status: 'rejected', reason: { value: { code: 'not_found' } } };
    expect(await Promise.allSettled(asked)).toMatchObject([made, notThere]);
    expect(await titles()).toEqual(['Sales']);
  });

  test('is free on another server', async () => {
    const { engine, serverId, editor } = await server();
    const other = await engine.servers.save({ settings: { ...unreachable, label: 'Orders', database: 'orders' } });
    const asked = [serverId, other.serverId].map((each) => editor.create(each, 'Sales'));
    expect(await Promise.allSettled(asked)).toMatchObject([made, made]);
  });
});
