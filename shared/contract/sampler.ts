import { z } from 'zod';
import { samplerStatusSchema } from '../model/connection.ts';
import { procedure } from './envelope.ts';

const byId = z.object({ serverId: z.string() });
export const samplerContract = {
  status: procedure(byId, samplerStatusSchema),
  /**
   * background: activity 5 s, snapshots 60 s. incident ("Watch live"): 1 s and 5 s; with `forMs` only for so long, unless
   * it is set again before.
   */
  setMode: procedure(
    byId.extend({ mode: z.enum(['background', 'incident']), forMs: z.number().positive().optional() }),
    samplerStatusSchema,
  ),
  /** One activity sample and one snapshot right now, outside the schedule. */
  readNow: procedure(byId, samplerStatusSchema),
};
