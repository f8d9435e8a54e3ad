import type { Dashboard, Widget, WidgetDraft, WidgetLayout } from '../../../shared/model/dashboard.ts';
import { Failure } from '../../../shared/model/failure.ts';
import { freePlace, layoutProblem, usualSize } from '../../../shared/model/grid-layout.ts';

/** Widgets that a dashboard keeps after they were taken off it. */
const keptRemoved = 10;

export const invalid = (message: string, detail?: Record<string, unknown>): Failure =>
  new Failure({ code: 'invalid_input', message, ...(detail === undefined ? {} : { detail }) });

const noWidget = (dashboard: Dashboard, widgetId: string): Failure =>
  new Failure({
    code: 'not_found',
    message: `The dashboard ${dashboard.title} has no widget ${widgetId}.`,
    detail: { dashboardId: dashboard.dashboardId, widgetId },
  });

/** Throws `not_found`. */
export function widgetIn(dashboard: Dashboard, widgetId: string): Widget {
  const widget = dashboard.widgets.find((each) => each.widgetId === widgetId);
  if (widget === undefined) throw noWidget(dashboard, widgetId);
  return widget;
}

/** Whoever reads it out or tabs through it goes from the top to the bottom, each row from left to right. */
const inReadingOrder = (widgets: readonly Widget[]): Widget[] =>
  widgets.toSorted((a, b) => a.layout.y - b.layout.y || a.layout.x - b.layout.x);

const taken = ({ widgets }: Dashboard): WidgetLayout[] => widgets.map(({ layout }) => layout);

/** A draft as a widget of a dashboard. `before`: the one that it takes the place of. */
export function widgetOf(dashboard: Dashboard, widgetId: string, draft: WidgetDraft, before: Widget | null): Widget {
  const layout = draft.layout ?? before?.layout ?? freePlace(taken(dashboard), usualSize(draft.kind));
  const liveSql = draft.source.kind === 'live' ? draft.source.sql : before?.liveSql;
  return { ...draft, widgetId, layout, ...(liveSql === undefined ? {} : { liveSql }) };
}

/** Throws `invalid_input` where widgets would lie on each other. */
export function withWidget(dashboard: Dashboard, widget: Widget): Dashboard {
  const others = dashboard.widgets.filter(({ widgetId }) => widgetId !== widget.widgetId);
  const before = dashboard.widgets.find(({ widgetId }) => widgetId === widget.widgetId);
  const moved = JSON.stringify(before?.layout) !== JSON.stringify(widget.layout);
  const problem = moved ? layoutProblem([...others, widget]) : null;
  if (problem !== null) throw invalid(problem, { widgetId: widget.widgetId });
  return { ...dashboard, widgets: inReadingOrder([...others, widget]) };
}

/** Throws `not_found`. */
export function withoutWidget(dashboard: Dashboard, widgetId: string): Dashboard {
  const removed = widgetIn(dashboard, widgetId);
  return {
    ...dashboard,
    widgets: dashboard.widgets.filter((widget) => widget !== removed),
    removed: [removed, ...(dashboard.removed ?? [])].slice(0, keptRemoved),
  };
}

/** Throws `not_found` for a widget that was never removed, or too long ago. */
export function withRestored(dashboard: Dashboard, widgetId: string): Dashboard {
  const widget = dashboard.removed?.find((each) => each.widgetId === widgetId);
  if (widget === undefined) throw noWidget(dashboard, widgetId);
  const free = layoutProblem([...dashboard.widgets, widget]) === null;
  const layout = free ? widget.layout : freePlace(taken(dashboard), widget.layout);
  return {
    ...withWidget(dashboard, { ...widget, layout }),
    removed: dashboard.removed?.filter((each) => each !== widget) ?? [],
  };
}

/** Its widgets ask their own queries again; one that was made from the read model has none, and goes. */
export function withoutReadModel(dashboard: Dashboard, readModel: string): Dashboard {
  const reads = ({ source }: Widget): boolean => source.kind === 'read_model' && source.readModel === readModel;
  if (!dashboard.widgets.some(reads)) return dashboard;
  return {
    ...dashboard,
    widgets: dashboard.widgets.flatMap((widget) => {
      if (!reads(widget)) return [widget];
      return widget.liveSql === undefined
        ? []
        : [{ ...widget, source: { kind: 'live' as const, sql: widget.liveSql } }];
    }),
  };
}

export interface WidgetPlace {
  readonly widgetId: string;
  readonly layout: WidgetLayout;
}

/** Throws `invalid_input` unless every widget has one place and none lies on another. */
export function arranged(dashboard: Dashboard, places: readonly WidgetPlace[]): Dashboard {
  const placeOf = new Map(places.map(({ widgetId, layout }) => [widgetId, layout]));
  for (const { widgetId } of places) widgetIn(dashboard, widgetId);
  const widgets = dashboard.widgets.map((widget) => {
    const layout = placeOf.get(widget.widgetId);
    if (layout === undefined) throw invalid(`"${widget.title}" has no place: name the places of all widgets.`);
    return { ...widget, layout };
  });
  const problem = layoutProblem(widgets);
  if (problem !== null) throw invalid(problem);
  return { ...dashboard, widgets: inReadingOrder(widgets) };
}
