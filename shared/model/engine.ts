import { z } from 'zod';

export const engineInfoSchema = z.object({
  version: z.string(),
  profile: z.string(),
  pid: z.number().int(),
  startedAtMs: z.number(),
  /** Where passwords live behind this door: the system's store, or only in memory. */
  secretStore: z.enum(['system', 'memory']),
  /** What the start found unfinished and what it did about it. */
  notices: z.array(z.string()),
});
export type EngineInfo = z.infer<typeof engineInfoSchema>;

/** Something changed: ask again for what you show. `seq` grows by one; a gap means: ask for everything. */
export const engineEventSchema = z.object({
  seq: z.number().int(),
  topic: z.enum([
    'connections',
    'sampler',
    'read_models',
    'execution',
    'proof',
    'dashboards',
    'activity',
    'demo',
    'mornings',
  ]),
  serverId: z.string().nullable(),
  /** Id of the thing, where one thing changed (executionId, widgetId, read model name ...). */
  subject: z.string().nullable(),
});
export type EngineEvent = z.infer<typeof engineEventSchema>;
