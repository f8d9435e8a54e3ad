import { memo, type CSSProperties, type ReactNode } from 'react';
import type { Widget } from '../../../shared/model/dashboard.ts';
import { refreshWidget, useDashboards } from '../../stores/dashboards.ts';
import { sourceKey, widgetKey } from '../../stores/widget-state.ts';
import { CompareTool } from './compare/compare-tool.tsx';
import { WidgetExportMenu } from './export-menu.tsx';
import { FilteringNote } from './filters/filtering-note.tsx';
import { useSeen, type WhenMade } from './when-seen.tsx';
import { WidgetCard } from './widget-card.tsx';
import styles from './dashboards.module.css';

interface WidgetSlotProps {
  readonly serverId: string;
  readonly dashboardId: string;
  readonly widget: Widget;
  /** The database is within reach. */
  readonly online: boolean;
  /** When its card is made, which is its title until then. */
  readonly when: WhenMade;
  /** `filtersText` of what is chosen. */
  readonly chosen: string;
  readonly onCompare: (widget: Widget) => void;
  /** Left out: whoever looks at it does not change it. */
  readonly onEdit?: (widgetId: string) => void;
}

/** A widget's place on its dashboard: drawn anew when its own number changes, and not with each of the others. */
export const WidgetSlot = memo(function WidgetSlot({
  serverId,
  dashboardId,
  widget,
  online,
  when,
  chosen,
  onCompare,
  onEdit,
}: WidgetSlotProps): ReactNode {
  const [place, seen] = useSeen<HTMLElement>(when);
  const state = useDashboards(({ widgets }) => widgets[widgetKey(dashboardId, widget.widgetId)]);
  if (!seen) {
    const { x, y, w, h } = widget.layout;
    const layout = { '--x': x + 1, '--y': y + 1, '--w': w, '--h': h } as CSSProperties;
    return (
      <section
        ref={place}
        className={styles.card}
        style={layout}
        aria-label={widget.title}
        data-widget={widget.widgetId}
      >
        <h2 className={styles.cardTitle}>{widget.title}</h2>
      </section>
    );
  }
  const shownFor = state?.shownFor ?? null;
  const outdated = shownFor !== null && shownFor !== sourceKey(widget, chosen);
  return (
    <WidgetCard
      serverId={serverId}
      dashboardId={dashboardId}
      widget={widget}
      state={state}
      online={online}
      leads={when === 'at once'}
      exportMenu={<WidgetExportMenu which={{ serverId, dashboardId }} widget={widget} />}
      note={<FilteringNote data={state?.data ?? null} outdated={outdated} />}
      moreTools={<CompareTool widget={widget} online={online} onCompare={() => onCompare(widget)} />}
      onRefresh={() => void refreshWidget(serverId, dashboardId, widget)}
      {...(onEdit === undefined ? {} : { onEdit: () => onEdit(widget.widgetId) })}
    />
  );
});
