import { describe, expect, test } from 'vitest';
import { leaveReadModels, shipDashboards } from '../../../../electron/core/demo/ship-dashboards.ts';
import type { DashboardStore } from '../../../../electron/core/history/history.ts';
import { demoDashboards } from '../../../../resources/demo-erp/dashboards.ts';
import type { Dashboard } from '../../../../shared/model/dashboard.ts';
import { openTestHistory } from '../history/store.ts';

const serverId = 'demo';
const shipped = demoDashboards(serverId).map((dashboard): Dashboard => ({
  ...dashboard,
  widgets: dashboard.widgets.map((widget) => ({ ...widget, liveSql: widget.source.sql })),
}));
/** What a later Daybreak ships. */
const later = shipped.map((dashboard): Dashboard => ({ ...dashboard, title: `${dashboard.title} II` }));

async function store(): Promise<DashboardStore> {
  const { dashboards } = await openTestHistory();
  await shipDashboards(dashboards, shipped);
  return dashboards;
}

async function change(dashboards: DashboardStore, make: (dashboard: Dashboard) => Dashboard): Promise<void> {
  const dashboard = await dashboards.get('operations');
  if (dashboard === null) throw new Error('it was shipped');
  await dashboards.save(make(dashboard));
}

const titles = async (dashboards: DashboardStore) => (await dashboards.list(serverId)).map(({ title }) => title);

describe('the dashboards that come with the demo', () => {
  test('are brought up to date where nobody touched them', async () => {
    const dashboards = await store();
    await shipDashboards(dashboards, later);
    await shipDashboards(dashboards, later);
    expect(await titles(dashboards)).toEqual(['Executive morning II', 'Operations II']);
  });

  test('stay as somebody changed them, and follow again when the change is undone', async () => {
    const dashboards = await store();
    const turned = { widgets: (await dashboards.get('operations'))?.widgets.toReversed() ?? [], removed: [] };
    await change(dashboards, (before) => ({ ...before, locale: 'de-DE' }));
    await shipDashboards(dashboards, later);
    expect(await titles(dashboards)).toEqual(['Executive morning II', 'Operations']);
    await change(dashboards, (before) => ({ ...before, ...turned, locale: undefined }));
    await shipDashboards(dashboards, later);
    expect(await titles(dashboards)).toEqual(['Executive morning II', 'Operations II']);
  });

  test('stay away once they were removed, also when they can no longer be put back', async () => {
    const dashboards = await store();
    await dashboards.setAside('operations', Date.now());
    await shipDashboards(dashboards, later);
    expect(await titles(dashboards)).toEqual(['Executive morning II']);
    expect(await dashboards.removed(serverId, 0)).toMatchObject([{ dashboard: { dashboardId: 'operations' } }]);
    await dashboards.remove('operations');
    await shipDashboards(dashboards, later);
    expect(await titles(dashboards)).toEqual(['Executive morning II']);
  });

  test('of a profile in which nobody wrote down what came are kept where they differ', async () => {
    const { dashboards } = await openTestHistory();
    for (const dashboard of shipped) await dashboards.save(dashboard);
    await change(dashboards, (before) => ({ ...before, title: 'Mine' }));
    await shipDashboards(dashboards, shipped);
    await shipDashboards(dashboards, later);
    expect(await titles(dashboards)).toEqual(['Executive morning II', 'Mine']);
  });

  test('count as untouched again when the read models that they were moved to are gone', async () => {
    const dashboards = await store();
    const source = { kind: 'read_model', readModel: 'stock', sql: 'select * from reporting.stock' } as const;
    await change(dashboards, (before) => ({
      ...before,
      widgets: before.widgets.map((widget) => ({ ...widget, source })),
    }));
    await shipDashboards(dashboards, later);
    expect(await titles(dashboards)).toEqual(['Executive morning II', 'Operations']);
    await leaveReadModels(dashboards, serverId);
    await shipDashboards(dashboards, later);
    expect(await titles(dashboards)).toEqual(['Executive morning II', 'Operations II']);
  });
});

test('a widget that was made from a read model that is gone stays, also on a dashboard that can be put back', async () => {
  const dashboards = await store();
  const [made] = shipped[1]?.widgets ?? [];
  if (made === undefined) throw new Error('the operations have widgets');
  const { liveSql: _, ...rest } = made;
  const source = { kind: 'read_model', readModel: 'stock', sql: 'select * from reporting.stock' } as const;
  await change(dashboards, (before) => ({
    ...before,
    widgets: [
      { ...rest, source },
      { ...made, widgetId: 'b', source },
    ],
  }));
  await dashboards.setAside('operations', Date.now());
  await leaveReadModels(dashboards, serverId);
  expect(await dashboards.removed(serverId, 0)).toMatchObject([
    { dashboard: { widgets: [{ source }, { source: { kind: 'live', sql: made.liveSql } }] } },
  ]);
});
