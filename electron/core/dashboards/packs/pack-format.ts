import { z } from 'zod';
import { environmentSchema } from '../../../../shared/model/connection.ts';
import { widgetDataSchema } from '../../../../shared/model/dashboard.ts';
import { dashboardPackSchema } from '../../../../shared/model/dashboard-pack.ts';
import type { RecordFormat } from '../../captures/record-file.ts';

/**
 * A pack (captures/record-file.ts): definitions of dashboards and the numbers that were saved of them. Names of hosts
 * and users are not in it, nor is any password. It is not encrypted: whoever has the file can read the numbers.
 */
export const packKinds = ['head', 'dashboard', 'result', 'rows'] as const;
export type PackKind = (typeof packKinds)[number];

export const packFormat: RecordFormat<PackKind> = {
  title: 'Daybreak dashboards',
  noun: 'pack of dashboards',
  version: 1,
  kinds: [...packKinds, 'end'],
  hint: 'Packs end in .daybreak-pack and are written by "Send these dashboards".',
};

export const packEnding = '.daybreak-pack';

export const packHeadSchema = z.object({
  packId: z.uuid(),
  pack: dashboardPackSchema.omit({ file: true, sizeBytes: true }),
  environment: environmentSchema,
});
export type PackHead = z.infer<typeof packHeadSchema>;

/** `data.widgetId` names the widget; the definition is the one that the pack holds of it. */
export const packedResultSchema = z.object({
  dashboardId: z.string(),
  filterKey: z.string(),
  savedAtMs: z.number(),
  data: widgetDataSchema,
});
