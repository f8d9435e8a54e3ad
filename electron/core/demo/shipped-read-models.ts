import { roleNames } from '../../../resources/demo-erp/schema/roles.ts';
import { demoWidgets } from '../../../resources/demo-erp/widgets/widgets.ts';
import type { ShippedReadModel } from '../dashboards/dashboard-service.ts';
import { demoServerId } from '../../../shared/model/demo-server.ts';

/** The definitions that come with the demo's widgets; null for every other server. */
export function shippedReadModel(serverId: string, widgetId: string): ShippedReadModel | null {
  if (serverId !== demoServerId) return null;
  const widget = demoWidgets.find((each) => each.widgetId === widgetId);
  return widget?.readModel ? { ...widget.readModel, owner: widget.owner, readers: [roleNames.dashboards] } : null;
}
