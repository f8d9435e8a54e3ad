import { z } from 'zod';
import { secretStoreKindSchema } from './secret-store.ts';

/** How the store was found. `kept` false: a newer Daybreak's, which is left as it is; nothing that is done now is kept. */
export const storeStateSchema = z.object({
  kept: z.boolean(),
  /** What the person should know; null: it was sound, or new. */
  notice: z.string().nullable(),
});
export type StoreState = z.infer<typeof storeStateSchema>;

export const engineInfoSchema = z.object({
  version: z.string(),
  profile: z.string(),
  pid: z.number().int(),
  startedAtMs: z.number(),
  /** Where passwords live behind this door. */
  secretStore: secretStoreKindSchema,
  /** What the start found unfinished and what it did about it. */
  notices: z.array(z.string()),
  store: storeStateSchema,
  /** Where the window works on an agent of another machine: which, and whether it can go back to its own engine. */
  attached: z.object({ to: z.string(), canDetach: z.boolean() }).optional(),
});
export type EngineInfo = z.infer<typeof engineInfoSchema>;

/** Something changed: ask again for what you show. `seq` grows by one; a gap means: ask for everything. */
export const engineEventSchema = z.object({
  seq: z.number().int(),
  topic: z.enum([
    'connections',
    'sampler',
    'read_models',
    'schedule',
    'execution',
    'proof',
    'dashboards',
    'activity',
    'demo',
    'mornings',
    'alerts',
  ]),
  serverId: z.string().nullable(),
  /** Id of the thing, where one thing changed (executionId, widgetId, read model name ...). */
  subject: z.string().nullable(),
});
export type EngineEvent = z.infer<typeof engineEventSchema>;
