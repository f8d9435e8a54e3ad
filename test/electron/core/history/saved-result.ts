import { randomBytes } from 'node:crypto';
import type { StoredConnection } from '../../../../electron/core/history/history.ts';
import type { Dashboard, WidgetData } from '../../../../shared/model/dashboard.ts';

/** A connection to a server that nobody can reach. */
export const connectionOf = (serverId: string): StoredConnection => ({
  serverId,
  settings: {
    label: serverId.toUpperCase(),
    environment: 'production',
    host: 'nowhere.invalid',
    port: 5432,
    database: 'erp',
    user: 'nobody',
    tlsMode: 'disable',
    tlsCaFile: null,
    passfile: null,
    cores: null,
    readModelSchema: 'reporting',
  },
  lastConnectedAtMs: null,
  lastFacts: null,
});

export const widgetOf = (widgetId: string, sql = 'select 1 as amount'): Dashboard['widgets'][number] => ({
  widgetId,
  title: `The ${widgetId}`,
  question: '?',
  kind: 'table',
  source: { kind: 'live', sql },
  budget: { minutes: 15 },
  x: null,
  series: null,
  values: ['amount'],
  formats: {},
  currency: null,
  layout: { x: 0, y: 0, w: 6, h: 4 },
});

export const dashboardOf = (dashboardId: string, serverId = 'erp', widgets = [widgetOf('w')]): Dashboard => ({
  dashboardId,
  serverId,
  title: `Dashboard ${dashboardId}`,
  widgets,
});

/** One number, as it was read at a minute of a morning. */
export const numberAt = (minute: number, amount: string, widgetId = 'w'): WidgetData => ({
  widgetId,
  columns: [{ name: 'amount', type: 'numeric' }],
  rows: [[amount]],
  freshness: { asOf: new Date(Date.UTC(2026, 10, 20, 7, minute)).toISOString(), source: 'live', state: 'live' },
  tookMs: 3,
});

/** A number of so many bytes that nothing packs smaller. */
export const heavyAt = (minute: number, bytes: number, widgetId = 'w'): WidgetData =>
  numberAt(minute, randomBytes(bytes).toString('latin1'), widgetId);

export const now = Date.UTC(2026, 10, 20, 8);
export const at = (widgetId = 'w', sourceHash = 'live', filterKey = '', dashboardId = 'd') => ({
  dashboardId,
  widgetId,
  sourceHash,
  filterKey,
});
