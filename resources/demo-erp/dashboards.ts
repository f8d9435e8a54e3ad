import type { Dashboard } from '../../shared/model/dashboard.ts';
import { demoWidgets, type DemoWidget } from './widgets/widgets.ts';

/** The dashboards as they ship: every widget asks the live database. */
export const demoDashboards = (serverId: string): Dashboard[] => [
  dashboard(serverId, 'executive-morning', 'Executive morning', 'executive'),
  dashboard(serverId, 'operations', 'Operations', 'operational'),
];

const dashboard = (serverId: string, dashboardId: string, title: string, kind: DemoWidget['kind']): Dashboard => ({
  dashboardId,
  serverId,
  title,
  widgets: demoWidgets
    .filter((widget) => widget.kind === kind)
    .map(({ widgetId, title: name, question, budget, liveSql, chart }) => ({
      widgetId,
      title: name,
      question,
      budget,
      source: { kind: 'live', sql: liveSql },
      ...chart,
      values: [...chart.values],
    })),
});
