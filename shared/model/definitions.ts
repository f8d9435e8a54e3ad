import { z } from 'zod';
import { nightlySchema } from './nightly.ts';
import { periodSchema } from './period.ts';
import { readModelNameSchema } from './proposal.ts';
import { refreshModeSchema } from './refresh.ts';

/**
 * Name of the manifest in a definitions folder; beside it lie `<name>/v<version>.sql`, and `<name>/v<version>.reader.sql`
 * where the model is asked with a query of its own.
 */
export const manifestFile = 'daybreak.json';

/** A file of a definitions folder: its path below the folder with `/`, and its text. */
export const definitionFileSchema = z.object({ path: z.string().min(1), text: z.string() });
export type DefinitionFile = z.infer<typeof definitionFileSchema>;

export const manifestEntrySchema = z.strictObject({
  question: z.string().min(1),
  owner: z.string().min(1),
  /** Empty: no columns identify a row. */
  keyColumns: z.array(z.string()),
  /** Which file holds the definition: `<name>/v<version>.sql`. */
  version: z.number().int().positive(),
  period: periodSchema.optional(),
  /** How it is refreshed; left out: as it is on the server, where Daybreak chooses if nobody has. */
  refreshMode: refreshModeSchema.optional(),
  /** The person's word that it may be built although nothing proves it. */
  unproven: z.boolean().default(false),
  /** Roles that may read the stable name. */
  readers: z.array(z.string()).default([]),
  consumers: z
    .array(
      z.strictObject({
        consumer: z.string().min(1),
        owner: z.string().min(1),
        budgetMinutes: z.number().int().positive(),
        /** Until when a number counts in place of `budgetMinutes`, which then is a day. */
        nightly: nightlySchema.optional(),
      }),
    )
    .min(1),
});
export type ManifestEntry = z.infer<typeof manifestEntrySchema>;

export const manifestSchema = z.strictObject({
  /** Of the manifest itself. */
  format: z.literal(1),
  readModels: z.record(readModelNameSchema, manifestEntrySchema),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** How one read model of the folder, or of the server, differs from the other side. */
export const definitionDiffSchema = z.object({
  name: z.string(),
  /**
   * - same: nothing to do
   * - new: not on the server yet
   * - changed: a new version would bring the server to the folder
   * - refused: the folder's definition cannot be built; `changes` says why
   * - only_on_server: nothing in the folder; it is left alone
   */
  state: z.enum(['same', 'new', 'changed', 'refused', 'only_on_server']),
  /** Of the folder; null where it is only on the server. */
  folderVersion: z.number().nullable(),
  /** That readers see; null where there is none. */
  serverVersion: z.number().nullable(),
  /** In words. */
  changes: z.array(z.string()),
  /** False where nothing but `refreshMode` has to be set. */
  needsPlan: z.boolean(),
  /** That the folder wants and the server does not have; absent: nothing to set. */
  refreshMode: refreshModeSchema.optional(),
  /** What differs and needs nothing done. */
  notes: z.array(z.string()),
  folderSql: z.string().nullable(),
  serverSql: z.string().nullable(),
});
export type DefinitionDiff = z.infer<typeof definitionDiffSchema>;
