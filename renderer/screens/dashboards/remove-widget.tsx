import type { ReactNode } from 'react';
import type { Dashboard, Widget } from '../../../shared/model/dashboard.ts';
import { Confirm } from '../../app/confirm.tsx';
import { navigate } from '../../app/router.ts';
import { removeWidget } from '../../stores/dashboards.ts';

/** Only what was put there by hand is taken away by hand: a shipped dashboard has no way to get a widget back. */
export const isRemovable = (dashboard: Dashboard, { source, liveSql }: Widget): boolean =>
  dashboard.title === 'Read models' && source.kind === 'read_model' && liveSql === undefined;

interface RemoveWidgetProps {
  readonly serverId: string;
  readonly dashboard: Dashboard;
  /** null: nothing is asked. */
  readonly widget: Widget | null;
  readonly onClose: () => void;
}

/** Asks before a widget goes, and says what stays and how it comes back. */
export function RemoveWidget({ serverId, dashboard, widget, onClose }: RemoveWidgetProps): ReactNode {
  const readModel = widget?.source.kind === 'read_model' ? widget.source.readModel : null;
  const last = dashboard.widgets.length === 1;
  return (
    <Confirm
      opened={widget !== null}
      title={`Remove ${widget?.title ?? 'the widget'} from this dashboard?`}
      action="Remove"
      onClose={onClose}
      onConfirm={async () => {
        if (widget === null) return;
        const stays = await removeWidget(serverId, dashboard.dashboardId, widget.widgetId);
        if (!stays) navigate('/dashboards');
      }}
    >
      <p>
        Nothing changes on the server: the read model {readModel} stays as it is. To have it back, open it under Read
        models and press “Put on a dashboard”.
      </p>
      {last && <p>It is the last widget here, so the dashboard goes with it; it comes back with the next one.</p>}
    </Confirm>
  );
}
