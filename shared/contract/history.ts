import { z } from 'zod';
import { captureSchema, historyUsageSchema } from '../model/history-usage.ts';
import { procedure } from './envelope.ts';

const byServer = z.object({ serverId: z.string() });

export const historyContract = {
  /** Retention and size of what is stored of one server. */
  usage: procedure(byServer, historyUsageSchema),
  /**
   * Writes a window of one server's history (raw where it is still there, minutes elsewhere) to one file, whole or not
   * at all. `file`: a path on the engine's machine; without one, a new file in the profile's `captures` folder.
   */
  exportCapture: procedure(
    byServer.extend({ fromMs: z.number(), toMs: z.number(), file: z.string().optional() }),
    captureSchema,
  ),
  /** Opens a capture as a server of its own that cannot be connected; opening the same file again finds the same one. */
  openCapture: procedure(z.object({ file: z.string() }), z.object({ serverId: z.string(), capture: captureSchema })),
  /**
   * Takes a file that a window was given into the profile's `captures` folder, a part after the other: `base64` is at most
   * 1 MiB of it, from `offset` on. Answers with the file for `openCapture` after the last part, null before.
   */
  receiveCapture: procedure(
    z.object({
      uploadId: z.uuid(),
      offset: z.number().int().min(0),
      base64: z.base64().max(1_400_000),
      last: z.boolean(),
    }),
    z.object({ file: z.string().nullable() }),
  ),
  /** Captures in the profile's folder, newest first. */
  captures: procedure(z.object({}).default({}), z.object({ captures: z.array(captureSchema) })),
};
