import { z } from 'zod';

/** Dashboards with their saved numbers in one file, without credentials: opened elsewhere, they need no server. */
export const dashboardPackSchema = z.object({
  file: z.string(),
  sizeBytes: z.number().int(),
  /** Name of the connection that it was taken from. */
  label: z.string(),
  takenAtMs: z.number(),
  dashboards: z.number().int(),
  widgets: z.number().int(),
  results: z.number().int(),
  /** As-of of the oldest and of the newest number in it; null: none has one. */
  oldestAsOf: z.string().nullable(),
  newestAsOf: z.string().nullable(),
});
export type DashboardPack = z.infer<typeof dashboardPackSchema>;
