import { z } from 'zod';
import { filterValuesSchema } from '../model/dashboard-filter.ts';
import { widgetDataSchema } from '../model/dashboard.ts';
import { dashboardPackSchema } from '../model/dashboard-pack.ts';
import { savedResultSchema } from '../model/offline-cache.ts';
import { procedure } from './envelope.ts';

const onServer = z.object({ serverId: z.string() });
const oneWidget = onServer.extend({ dashboardId: z.string(), widgetId: z.string() });
/** What the reader had chosen; left out: nothing. */
const filtered = oneWidget.extend({ filters: filterValuesSchema.optional() });

/** Earlier numbers of a widget, and dashboards that travel with theirs: a part of the namespace `dashboards`. */
export const savedResultProcedures = {
  /** What is saved of a widget under its present definition, newest first, without the numbers. */
  results: procedure(filtered, z.array(savedResultSchema)),
  /** One saved result, from the local store alone. */
  result: procedure(filtered.extend({ resultId: z.string() }), widgetDataSchema),
  /**
   * Writes dashboards of a server (all of them without `dashboardIds`) with their saved numbers to one file, whole or
   * not at all. `file`: a path on the engine's machine; without one, a new file in the profile's `packs` folder.
   */
  exportPack: procedure(
    onServer.extend({ dashboardIds: z.array(z.string()).min(1).optional(), file: z.string().optional() }),
    dashboardPackSchema,
  ),
  /** Opens a pack as a server of its own that cannot be connected; opening the same file again finds the same one. */
  openPack: procedure(z.object({ file: z.string() }), z.object({ serverId: z.string(), pack: dashboardPackSchema })),
  /** Takes a file that a window was given into the `packs` folder, as `history.receiveCapture` does. */
  receivePack: procedure(
    z.object({
      uploadId: z.uuid(),
      offset: z.number().int().min(0),
      base64: z.base64().max(1_400_000),
      last: z.boolean(),
    }),
    z.object({ file: z.string().nullable() }),
  ),
  /** Packs in the profile's folder, newest first. */
  packs: procedure(z.object({}).default({}), z.object({ packs: z.array(dashboardPackSchema) })),
};
