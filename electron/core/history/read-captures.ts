import { z } from 'zod';
import { captureSchema } from '../../../shared/model/history-usage.ts';
import type { OpenedCapture } from './capture-store.ts';
import type { Prepare } from './prepared.ts';

export const endedExperimentSchema = z.object({
  fingerprint: z.string(),
  databaseName: z.string().nullable(),
  effectMs: z.number(),
  liveExposure: z.number().nullable(),
  interval: z.tuple([z.number(), z.number()]).readonly(),
  p: z.number(),
  liveDays: z.number().int(),
  withoutDays: z.number().int(),
  endedEarly: z.boolean().default(false),
});

const openedSchema: z.ZodType<OpenedCapture> = z.object({
  captureId: z.string(),
  capture: captureSchema,
  widgets: z.array(
    z.object({
      widgetId: z.string(),
      fingerprint: z.string(),
      widgetTitle: z.string().optional(),
      dashboardTitle: z.string().optional(),
    }),
  ),
  timeZone: z.string().optional(),
  experiments: z.array(endedExperimentSchema).optional(),
});

export const openedCaptureOf = (body: string | null): OpenedCapture | null =>
  body === null ? null : openedSchema.parse(JSON.parse(body));

/** The server that a capture was opened as; null for one that is being imported, or was removed. */
export function findCapture(prepare: Prepare, captureId: string): string | null {
  const row = prepare<{ server_id: string }>(
    `select server_id from capture join server using (server_key) join connection using (server_key)
     where capture_id = ? and removed = 0`,
  ).get(captureId);
  return row?.server_id ?? null;
}
