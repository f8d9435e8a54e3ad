import { z } from 'zod';
import { activityEntrySchema } from '../model/activity-log.ts';
import { procedure } from './envelope.ts';

export const activityContract = {
  /** Newest first. `beforeEntryId` pages on. */
  list: procedure(
    z.object({
      serverId: z.string(),
      limit: z.number().int().min(1).max(1000).default(200),
      beforeEntryId: z.number().int().optional(),
    }),
    z.object({ entries: z.array(activityEntrySchema), more: z.boolean() }),
  ),
};
