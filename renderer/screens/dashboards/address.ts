import { navigate } from '../../app/router.ts';

const of = (dashboardId: string): string => `/dashboards/${encodeURIComponent(dashboardId)}`;

export const openDashboard = (dashboardId: string): void => navigate(of(dashboardId));
export const addWidgetTo = (dashboardId: string): void => navigate(`${of(dashboardId)}/new`);
export const editWidget = (dashboardId: string, widgetId: string): void =>
  navigate(`${of(dashboardId)}/edit/${encodeURIComponent(widgetId)}`);
export const arrangeDashboard = (dashboardId: string): void => navigate(`${of(dashboardId)}/arrange`);
