import { expect, test } from 'vitest';
import { opening, type OpeningQuestion } from '../../../../electron/core/dashboards/opening.ts';
import type { ServerSummary } from '../../../../shared/model/connection.ts';
import type { Dashboard, WidgetData } from '../../../../shared/model/dashboard.ts';
import { Failure } from '../../../../shared/model/failure.ts';

const server = (serverId: string, state: ServerSummary['state'], executive = false) =>
  ({ serverId, state, settings: { label: serverId, executive } }) as unknown as ServerSummary;
const board = (dashboardId: string, ...widgetIds: string[]) =>
  ({
    dashboardId,
    // The last one stands at the top.
    widgets: widgetIds.map((widgetId, place) => ({ widgetId, layout: { x: 0, y: -place } })),
  }) as unknown as Dashboard;
const saved = (widgetId: string) => ({ widgetId }) as unknown as WidgetData;

const boards: Readonly<Record<string, Dashboard[]>> = {
  idle: [board('first', 'low', 'top'), board('second', 'other')],
  chief: [board('morning', 'sales')],
  bare: [],
};

function ask(known: ServerSummary[], question: Partial<OpeningQuestion>) {
  return opening(
    {
      servers: { list: async () => known },
      dashboards: {
        list: async (serverId) => {
          const found = boards[serverId];
          if (found === undefined) throw new Failure({ code: 'storage_failed', message: 'The store is damaged.' });
          return found;
        },
        cached: async (_serverId, dashboardId, { widgetIds = [] } = {}) =>
          widgetIds.map((id) => saved(`${dashboardId}/${id}`)),
      },
    },
    { lastServerId: null, dashboardId: null, onDashboards: 'yes', ...question },
  );
}

const idle = server('idle', 'disconnected');
const chief = server('chief', 'connected', true);

test('tells the dashboards of the server that is shown, and the number at the top of the first', async () => {
  expect(await ask([idle], {})).toEqual({ servers: [idle], dashboards: boards['idle'], first: saved('first/top') });
});

test('the server that was shown last comes first, then one that is connected', async () => {
  expect((await ask([idle, chief], {})).first).toEqual(saved('morning/sales'));
  expect((await ask([idle, chief], { lastServerId: 'idle' })).first).toEqual(saved('first/top'));
  expect((await ask([idle, chief], { lastServerId: 'gone' })).first).toEqual(saved('morning/sales'));
});

test('the dashboard of the address is shown, and the first where that is gone', async () => {
  expect((await ask([idle], { dashboardId: 'second' })).first).toEqual(saved('second/other'));
  expect((await ask([idle], { dashboardId: 'gone' })).first).toEqual(saved('first/top'));
});

test('a window without an address opens on its dashboards in executive mode alone', async () => {
  expect((await ask([idle], { onDashboards: 'executive' })).dashboards).toBeNull();
  expect((await ask([chief], { onDashboards: 'executive' })).dashboards).toEqual(boards['chief']);
  expect(await ask([chief], { onDashboards: 'no' })).toEqual({ servers: [chief], dashboards: null, first: null });
});

test('servers are told where there is nothing else to tell', async () => {
  const [bare, damaged] = [server('bare', 'disconnected'), server('damaged', 'disconnected')];
  expect(await ask([], {})).toEqual({ servers: [], dashboards: null, first: null });
  expect(await ask([bare], {})).toEqual({ servers: [bare], dashboards: [], first: null });
  expect(await ask([damaged], {})).toEqual({ servers: [damaged], dashboards: null, first: null });
});
