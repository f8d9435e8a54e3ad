import type { DashboardFilter } from '../../shared/model/dashboard-filter.ts';
import type { Dashboard } from '../../shared/model/dashboard.ts';
import { headlines } from './widgets/headlines.ts';
import { demoWidgets, type DemoWidget } from './widgets/widgets.ts';

/** The dashboards as they ship: every widget asks the live database. */
export const demoDashboards = (serverId: string): Dashboard[] => [
  { ...dashboard(serverId, 'executive-morning', 'Executive morning', 'executive'), filters: executiveFilters() },
  dashboard(serverId, 'operations', 'Operations', 'operational'),
];

/** The demo's server runs in the machine's own zone, and so does its business. */
const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Columns of the shipped read models: what they can answer. */
const executiveFilters = (): DashboardFilter[] => [
  { kind: 'period', filterId: 'period', label: 'Period', columns: ['month', 'week'], timeZone: ownZone() },
  { kind: 'choice', filterId: 'region', label: 'Region', columns: ['region'] },
  { kind: 'choice', filterId: 'category', label: 'Category', columns: ['category'] },
  { kind: 'choice', filterId: 'warehouse', label: 'Warehouse', columns: ['warehouse'] },
];

const dashboard = (serverId: string, dashboardId: string, title: string, kind: DemoWidget['kind']): Dashboard => ({
  dashboardId,
  serverId,
  title,
  widgets: [...headlines, ...demoWidgets]
    .filter((widget) => widget.kind === kind)
    .map(({ widgetId, title: name, question, owner, budget, liveSql, chart }) => ({
      widgetId,
      title: name,
      question,
      owner,
      budget,
      source: { kind: 'live', sql: liveSql },
      ...chart,
      values: [...chart.values],
    })),
});
