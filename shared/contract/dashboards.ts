import { z } from 'zod';
import { dashboardSchema, widgetDataSchema, widgetSchema, widgetSourceSchema } from '../model/dashboard.ts';
import { procedure } from './envelope.ts';

const onServer = z.object({ serverId: z.string() });
const oneDashboard = onServer.extend({ dashboardId: z.string() });
const oneWidget = oneDashboard.extend({ widgetId: z.string() });

export const dashboardsContract = {
  list: procedure(onServer, z.array(dashboardSchema)),
  get: procedure(oneDashboard, dashboardSchema),
  /** The last good numbers of every widget, out of the cache, without the database. */
  cached: procedure(oneDashboard, z.array(widgetDataSchema)),
  /** One widget's number now: from its source when it can be reached, else from the cache with state 'offline'. */
  data: procedure(oneWidget, widgetDataSchema),
  /** Puts a read model on the dashboard "Read models" (made where it is missing) as a table of all its columns. */
  addReadModel: procedure(
    onServer.extend({ readModel: z.string() }),
    z.object({ dashboard: dashboardSchema, widgetId: z.string() }),
  ),
  /** Takes a widget off its dashboard; an empty dashboard goes with its last widget (null). */
  removeWidget: procedure(oneWidget, z.object({ dashboard: dashboardSchema.nullable() })),
  /** Moves a widget to another source. */
  setSource: procedure(oneWidget.extend({ source: widgetSourceSchema }), widgetSchema),
};
