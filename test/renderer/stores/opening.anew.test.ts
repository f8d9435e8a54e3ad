import { beforeEach, expect, it, vi } from 'vitest';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import type { Dashboard, Widget, WidgetData } from '../../../shared/model/dashboard.ts';

const widget = (widgetId: string, y: number): Widget => ({
  widgetId,
  title: widgetId,
  question: '',
  kind: 'number',
  source: { kind: 'live', sql: 'select 1 as n' },
  budget: { minutes: 60 },
  x: null,
  series: null,
  values: ['n'],
  formats: {},
  currency: null,
  layout: { x: 0, y, w: 4, h: 4 },
});
const board: Dashboard = {
  dashboardId: 'board',
  serverId: 'erp',
  title: 'Board',
  widgets: [widget('low', 4), widget('top', 0)],
};
const saved = (widgetId: string): WidgetData => ({
  widgetId,
  columns: [{ name: 'n', type: 'integer' }],
  rows: [['1']],
  freshness: { asOf: null, source: 'live', state: 'offline' },
  tookMs: 1,
});
const erp: ServerSummary = {
  serverId: 'erp',
  settings: {
    label: 'erp',
    environment: 'production',
    host: '127.0.0.1',
    port: 9,
    database: 'erp',
    user: 'board',
    tlsMode: 'disable',
    tlsCaFile: null,
    passfile: null,
    cores: null,
    readModelSchema: 'reporting',
  },
  state: 'disconnected',
  notice: null,
  facts: null,
  hasPassword: false,
  lastConnectedAtMs: null,
  nextAttemptAtMs: null,
  capture: null,
};

const asked: string[] = [];
let failing: string | null = null;

const answers: Record<string, () => unknown> = {
  'dashboards.opening': () => ({ servers: [erp], dashboards: [board], first: saved('top') }),
  'dashboards.list': () => [board],
  'dashboards.cached': () => [saved('low')],
};
/** The engine at the end of the door. */
const link = {
  call: (path: readonly string[]) => {
    const name = path.join('.');
    asked.push(name);
    if (failing === name) return Promise.reject(new TypeError('failed to fetch'));
    return Promise.resolve({ ok: true, value: answers[name]?.() });
  },
};

async function openPage() {
  const { enterThrough } = await import('../../../renderer/stores/client.ts');
  enterThrough({ kind: 'browser', link: () => link, reopen: () => Promise.resolve() });
  const [{ openAhead }, dashboards, { useConnections }] = await Promise.all([
    import('../../../renderer/stores/opening.ts'),
    import('../../../renderer/stores/dashboards.ts'),
    import('../../../renderer/stores/connections.ts'),
  ]);
  return { openAhead, ...dashboards, useConnections };
}

beforeEach(() => {
  vi.resetModules();
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined, removeItem: () => undefined });
  asked.length = 0;
  failing = null;
});

it('has servers, dashboards and the number at the top with one question, and the first screen asks for the rest alone', async () => {
  const { openAhead, loadDashboards, showCached, useConnections, useDashboards } = await openPage();
  await openAhead('yes', null);
  expect(useConnections.getState().servers.value).toEqual([erp]);
  expect(useDashboards.getState()).toMatchObject({
    serverId: 'erp',
    dashboards: { value: [board] },
    widgets: { 'board/top': { data: saved('top'), saved: true } },
  });
  await loadDashboards('erp');
  await showCached('erp', board);
  expect(asked).toEqual(['dashboards.opening', 'dashboards.cached']);
  expect(useDashboards.getState().widgets['board/low']).toMatchObject({ data: saved('low') });
});

it('asks for the list again the second time', async () => {
  const { openAhead, loadDashboards } = await openPage();
  await openAhead('yes', null);
  await loadDashboards('erp');
  await loadDashboards('erp');
  expect(asked).toEqual(['dashboards.opening', 'dashboards.list']);
});

it('asks by itself for a list that could not be had ahead', async () => {
  failing = 'dashboards.opening';
  const { openAhead, loadDashboards, useDashboards } = await openPage();
  await expect(openAhead('yes', null)).rejects.toThrow('failed to fetch');
  await loadDashboards('erp');
  expect(useDashboards.getState().dashboards).toEqual({ value: [board], loading: false, problem: null });
});
