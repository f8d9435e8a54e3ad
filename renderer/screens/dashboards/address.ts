import { navigate } from '../../app/router.ts';

export const dashboardPath = (dashboardId: string): string => `/dashboards/${encodeURIComponent(dashboardId)}`;

export const openDashboard = (dashboardId: string): void => navigate(dashboardPath(dashboardId));
export const addWidgetTo = (dashboardId: string): void => navigate(`${dashboardPath(dashboardId)}/new`);
export const editWidget = (dashboardId: string, widgetId: string): void =>
  navigate(`${dashboardPath(dashboardId)}/edit/${encodeURIComponent(widgetId)}`);
export const arrangeDashboard = (dashboardId: string): void => navigate(`${dashboardPath(dashboardId)}/arrange`);
