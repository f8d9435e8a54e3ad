import { Button, VisuallyHidden } from '@mantine/core';
import { IconArrowBackUp, IconPlus } from '@tabler/icons-react';
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { ServerSummary } from '../../../../shared/model/connection.ts';
import type { Dashboard } from '../../../../shared/model/dashboard.ts';
import { gridColumns } from '../../../../shared/model/grid-layout.ts';
import {
  leastSize,
  movedWidget,
  resizedWidget,
  type Direction,
  type GridPlace,
} from '../../../../shared/model/grid-move.ts';
import { EmptyState } from '../../../app/empty-state.tsx';
import { FailureNotice } from '../../../app/failure-notice.tsx';
import { Page } from '../../../app/page.tsx';
import { useCommands } from '../../../commands/use-commands.ts';
import { isTyping } from '../../../commands/use-shortcuts.ts';
import { duplicateWidget } from '../../../stores/dashboard-editing.ts';
import { useDashboards } from '../../../stores/dashboards.ts';
import { watchDashboard } from '../../../stores/watch-dashboard.ts';
import { problemOf, type Problem } from '../../../stores/failure-error.ts';
import { widgetKey } from '../../../stores/widget-state.ts';
import { addWidgetTo, editWidget, openDashboard } from '../address.ts';
import { localizedWidgets } from '../../../../shared/model/localized-widgets.ts';
import { ToldNotice } from '../told-notice.tsx';
import { ArrangedCard } from './arranged-card.tsx';
import { GridLayout, useContainerWidth, verticalCompactor, type Layout } from './grid-library.ts';
import { useArranging } from './use-arranging.ts';
import styles from './arrange.module.css';

interface ArrangePageProps {
  readonly server: ServerSummary;
  readonly dashboard: Dashboard;
}

const rowPx = 58;
const gapPx = 12;
const directions: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

const toItems = (places: readonly GridPlace[]): Layout =>
  places.map(({ widgetId, layout }) => ({ i: widgetId, ...layout, minW: leastSize.w, minH: leastSize.h }));
const toPlaces = (layout: Layout): GridPlace[] =>
  layout.map(({ i, x, y, w, h }) => ({ widgetId: i, layout: { x, y, w, h } }));

/** Moves and resizes the widgets of a dashboard, with the mouse or the keyboard. Every change is saved at once. */
export function ArrangePage({ server, dashboard }: ArrangePageProps): ReactNode {
  const { serverId } = server;
  const { dashboardId, title } = dashboard;
  const { places, problem, undoable, arrange, remove, undo } = useArranging(serverId, dashboard);
  const [failed, setFailed] = useState<Problem | null>(null);
  const [said, setSaid] = useState('');
  const { width, containerRef, mounted } = useContainerWidth();
  const numbers = useDashboards((state) => state.widgets);
  const online = server.state === 'connected';
  useEffect(() => watchDashboard(serverId, dashboard, online), [serverId, dashboard, online]);

  const undoLatest = useRef(undo);
  useEffect(() => {
    undoLatest.current = undo;
  });
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.key !== 'z' || event.shiftKey || !(event.ctrlKey || event.metaKey) || isTyping(event.target)) return;
      event.preventDefault();
      undoLatest.current();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);

  const done = () => openDashboard(dashboardId);
  useCommands('arrange', [
    { id: 'arrange-done', title: 'Done arranging', group: 'Dashboards', run: done },
    { id: 'arrange-add', title: `Add a widget to ${title}`, group: 'Dashboards', run: () => addWidgetTo(dashboardId) },
    ...(undoable ? [{ id: 'arrange-undo', title: 'Undo the last change', group: 'Dashboards', run: undo }] : []),
  ]);

  const onKey = (event: KeyboardEvent, widgetId: string, name: string) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = directions[event.key];
    if (direction !== undefined) {
      event.preventDefault();
      const next = (event.shiftKey ? resizedWidget : movedWidget)(places, widgetId, direction);
      arrange(next);
      setSaid(next === places ? `${name} cannot go there` : `${name}: ${placeText(next, widgetId)}`);
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      remove(widgetId);
      setSaid(`${name} was removed`);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      editWidget(dashboardId, widgetId);
    }
  };

  return (
    <Page
      title={`Arrange ${title}`}
      lede={
        <span id="arrange-keys">
          Drag a widget by its title, or by its corner to resize it. With the keyboard: arrow keys move the focused
          widget, Shift and arrow keys resize it, Enter edits it, Delete removes it, Ctrl+Z takes the last change back.
        </span>
      }
      actions={
        <>
          <Button leftSection={<IconArrowBackUp size={15} aria-hidden />} disabled={!undoable} onClick={undo}>
            Undo
          </Button>
          <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => addWidgetTo(dashboardId)}>
            Add widget
          </Button>
          <Button variant="filled" onClick={done}>
            Done
          </Button>
        </>
      }
    >
      <ToldNotice serverId={serverId} dashboardId={dashboardId} />
      {problem !== null && <FailureNotice problem={problem} />}
      {failed !== null && <FailureNotice problem={failed} />}
      <VisuallyHidden role="status">{said}</VisuallyHidden>
      {dashboard.widgets.length === 0 && (
        <EmptyState
          title="There is nothing to arrange yet"
          actions={
            <Button variant="filled" onClick={() => addWidgetTo(dashboardId)}>
              Add widget
            </Button>
          }
        />
      )}
      <div ref={containerRef} className={styles.grid}>
        {mounted && (
          <GridLayout
            width={width}
            layout={toItems(places)}
            gridConfig={{ cols: gridColumns, rowHeight: rowPx, margin: [gapPx, gapPx], containerPadding: [0, 0] }}
            dragConfig={{ handle: '[data-drag]' }}
            compactor={verticalCompactor}
            onDragStop={(layout) => arrange(toPlaces(layout))}
            onResizeStop={(layout) => arrange(toPlaces(layout))}
          >
            {localizedWidgets(dashboard).map((widget) => (
              <div
                key={widget.widgetId}
                role="group"
                tabIndex={0}
                className={styles.item}
                aria-label={`${widget.title}, ${placeText(places, widget.widgetId)}`}
                aria-describedby="arrange-keys"
                data-widget={widget.widgetId}
                onKeyDown={(event) => onKey(event, widget.widgetId, widget.title)}
              >
                <ArrangedCard
                  widget={widget}
                  data={numbers[widgetKey(dashboardId, widget.widgetId)]?.data ?? null}
                  onEdit={() => editWidget(dashboardId, widget.widgetId)}
                  onDuplicate={() => {
                    setFailed(null);
                    duplicateWidget(serverId, dashboardId, widget.widgetId).catch((error: unknown) =>
                      setFailed(problemOf(error)),
                    );
                  }}
                  onRemove={() => remove(widget.widgetId)}
                />
              </div>
            ))}
          </GridLayout>
        )}
      </div>
    </Page>
  );
}

function placeText(places: readonly GridPlace[], widgetId: string): string {
  const layout = places.find((each) => each.widgetId === widgetId)?.layout;
  if (layout === undefined) return '';
  return `column ${layout.x + 1}, row ${layout.y + 1}, ${layout.w} wide, ${layout.h} high`;
}
