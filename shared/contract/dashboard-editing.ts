import { z } from 'zod';
import { columnOfferSchema } from '../model/column-offer.ts';
import {
  dashboardSchema,
  removedDashboardSchema,
  widgetDataSchema,
  widgetDraftSchema,
  widgetLayoutSchema,
  widgetSchema,
  widgetSourceSchema,
} from '../model/dashboard.ts';
import { liveCheckSchema } from '../model/live-check.ts';
import { procedure } from './envelope.ts';

const onServer = z.object({ serverId: z.string() });
const oneDashboard = onServer.extend({ dashboardId: z.string() });
const oneWidget = oneDashboard.extend({ widgetId: z.string() });

/** `note`: what could not be done beside it, in one sentence, e.g. that the registry does not know the consumer; null: nothing. */
const changedWidgetSchema = z.object({ dashboard: dashboardSchema, widget: widgetSchema, note: z.string().nullable() });
const changedDashboardSchema = z.object({ dashboard: dashboardSchema, note: z.string().nullable() });

/**
 * Making and changing dashboards. What is wrong with a widget is one failure (`invalid_input`) that names it and, in
 * `detail.column`, the column. A live widget whose query is not cheap is refused (`statement_refused`, with the steps in
 * `detail.liveCheck`). Every change publishes the event `dashboards`.
 */
export const dashboardEditingContract = {
  create: procedure(onServer.extend({ title: z.string(), locale: z.string().optional() }), dashboardSchema),
  rename: procedure(oneDashboard.extend({ title: z.string() }), dashboardSchema),
  /** BCP 47; null: Daybreak's own. */
  setLocale: procedure(oneDashboard.extend({ locale: z.string().nullable() }), dashboardSchema),
  /** A copy with every widget, under new ids. */
  duplicate: procedure(oneDashboard.extend({ title: z.string().optional() }), changedDashboardSchema),
  /**
   * With its saved numbers, for `restore` to put back within seven days; on the server its widgets are consumers no
   * more. `confirm` is its title.
   */
  remove: procedure(
    oneDashboard.extend({ confirm: z.string() }),
    z.object({ removed: z.boolean(), note: z.string().nullable() }),
  ),
  /** Those that `restore` can put back, the last one first. */
  removed: procedure(onServer, z.array(removedDashboardSchema)),
  /** Puts a removed dashboard back to its place, with its saved numbers; under another title where that is taken. */
  restore: procedure(oneDashboard, changedDashboardSchema),
  /** Removes a removed dashboard and its saved numbers for good, now. `confirm` is its title. */
  forget: procedure(oneDashboard.extend({ confirm: z.string() }), z.object({ forgotten: z.boolean() })),
  addWidget: procedure(oneDashboard.extend({ widget: widgetDraftSchema }), changedWidgetSchema),
  /** Left out, `widget.layout` stays as it is. */
  updateWidget: procedure(oneWidget.extend({ widget: widgetDraftSchema }), changedWidgetSchema),
  duplicateWidget: procedure(oneWidget, changedWidgetSchema),
  /** The places of all widgets at once; they stand in reading order afterwards. */
  arrange: procedure(
    oneDashboard.extend({ places: z.array(z.object({ widgetId: z.string(), layout: widgetLayoutSchema })) }),
    dashboardSchema,
  ),
  /** Takes a widget off its dashboard, which keeps the last ten of them for `restoreWidget`. */
  removeWidget: procedure(oneWidget, changedDashboardSchema),
  /** Puts a removed widget back: to its place, or to the first free one where that is taken. */
  restoreWidget: procedure(oneWidget, changedWidgetSchema),
  /** Runs a widget that is not saved as `data` would, within 10 s, and stores nothing. */
  preview: procedure(
    onServer.extend({ widget: widgetDraftSchema }),
    z.object({
      data: widgetDataSchema,
      /** Of a live widget. */
      liveCheck: liveCheckSchema.nullable(),
    }),
  ),
  /** Columns with the roles that they can have; of a read model with the query that reads it under its stable name. */
  offer: procedure(
    onServer.extend({
      from: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('source'), source: widgetSourceSchema }),
        z.object({ kind: z.literal('read_model'), readModel: z.string() }),
      ]),
    }),
    columnOfferSchema,
  ),
};
