import { z } from 'zod';
import { serverSummarySchema } from '../model/connection.ts';
import {
  dashboardFilterSchema,
  filterChoicesSchema,
  filterColumnSchema,
  filterValuesSchema,
} from '../model/dashboard-filter.ts';
import {
  dashboardExportFormatSchema,
  exportChoicesSchema,
  exportedFileSchema,
  widgetExportFormatSchema,
} from '../model/dashboard-export.ts';
import { dashboardSchema, widgetDataSchema, widgetSchema, widgetSourceSchema } from '../model/dashboard.ts';
import { liveComparisonSchema } from '../model/live-comparison.ts';
import { opensOnDashboards } from '../model/opening.ts';
import { dashboardEditingContract } from './dashboard-editing.ts';
import { procedure } from './envelope.ts';
import { savedResultProcedures } from './saved-results.ts';

const onServer = z.object({ serverId: z.string() });
const oneDashboard = onServer.extend({ dashboardId: z.string() });
const oneWidget = oneDashboard.extend({ widgetId: z.string() });
/** Left out: no filter is chosen. */
const filters = { filters: filterValuesSchema.optional() };

export const dashboardsContract = {
  /** The first picture of a window, in one answer and without any database: servers, dashboards and the number at the top. */
  opening: procedure(
    z.object({
      /** The server that the window showed last. */
      lastServerId: z.string().nullable(),
      /** Of the window's address. */
      dashboardId: z.string().nullable(),
      onDashboards: z.enum(opensOnDashboards),
    }),
    z.object({
      servers: z.array(serverSummarySchema),
      /** Null: the window opens on another screen, or they cannot be told. */
      dashboards: z.array(dashboardSchema).nullable(),
      first: widgetDataSchema.nullable(),
    }),
  ),
  list: procedure(onServer, z.array(dashboardSchema)),
  get: procedure(oneDashboard, dashboardSchema),
  /** The last good numbers of every widget, or of some of them, out of the cache, without the database. */
  cached: procedure(
    oneDashboard.extend({ ...filters, widgetIds: z.array(z.string()).optional() }),
    z.array(widgetDataSchema),
  ),
  /** One widget's number now: from its source when it can be reached, else from the cache with state 'offline'. */
  data: procedure(
    oneWidget.extend({
      ...filters,
      /** Asked by a timer, not by a person: a number that was read for another window a moment ago will do. */
      background: z.boolean().optional(),
    }),
    widgetDataSchema,
  ),
  /** Puts a read model on the dashboard "Read models" (made where it is missing) as a table of all its columns. */
  addReadModel: procedure(
    onServer.extend({ readModel: z.string() }),
    z.object({ dashboard: dashboardSchema, widgetId: z.string() }),
  ),
  ...dashboardEditingContract,
  ...savedResultProcedures,
  /** Moves a widget to another source. A live one has to be cheap, as in `updateWidget`. */
  setSource: procedure(oneWidget.extend({ source: widgetSourceSchema }), widgetSchema),
  /** What the dashboard can be filtered by, from now on. */
  setFilters: procedure(oneDashboard.extend({ filters: z.array(dashboardFilterSchema) }), dashboardSchema),
  /** Columns of the read models behind its widgets that a filter could be made of. */
  filterColumns: procedure(oneDashboard, z.object({ columns: z.array(filterColumnSchema) })),
  /** Values of a choice filter out of the read models, by name; the kept ones while the database is out of reach. */
  filterChoices: procedure(
    oneDashboard.extend({
      filterId: z.string(),
      /** A part of the value, in any case. */
      search: z.string().max(200).optional(),
      limit: z.number().int().min(1).max(1000).optional(),
    }),
    filterChoicesSchema,
  ),
  /** A widget's read model beside its live query, at one snapshot, capped in cost and time. Ended by `cancelCompare`. */
  compareLive: procedure(oneWidget.extend(filters), liveComparisonSchema),
  /** Ends the comparison of this widget that is running, on the server. */
  cancelCompare: procedure(oneWidget, z.object({ cancelled: z.boolean() })),
  /** The number that is shown as a file, with its age and the filters in it. Asks the database nothing. */
  exportWidget: procedure(
    oneWidget.extend({
      ...exportChoicesSchema.shape,
      format: widgetExportFormatSchema,
      /** Of CSV: Excel takes the file for UTF-8 with it alone. */
      byteOrderMark: z.boolean().default(true),
    }),
    exportedFileSchema,
  ),
  /** All the numbers of a dashboard in one file, each with its age. */
  exportDashboard: procedure(
    oneDashboard.extend({ ...exportChoicesSchema.shape, format: dashboardExportFormatSchema.default('pdf') }),
    exportedFileSchema,
  ),
};
