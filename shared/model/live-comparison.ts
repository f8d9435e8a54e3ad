import { z } from 'zod';
import { widgetFilteringSchema } from './dashboard-filter.ts';
import { columnSchema } from './read-model.ts';

const cells = z.array(z.string().nullable());

/** One row that the two answers do not have in common. Cells are the server's text, in the order of the columns. */
export const differingAnswerSchema = z.object({
  key: cells,
  /** Values; null: this answer has no such row. */
  model: cells.nullable(),
  live: cells.nullable(),
  /** live - model, exact; null where a value is no number, or one answer has no such row. */
  difference: cells,
});
export type DifferingAnswer = z.infer<typeof differingAnswerSchema>;

/** A widget's number out of its read model beside the same question asked of the base tables, at one snapshot. */
export const liveComparisonSchema = z.object({
  widgetId: z.string(),
  /** What tells rows apart, and what is compared; columns that both answers have. */
  keyColumns: z.array(columnSchema),
  valueColumns: z.array(columnSchema),
  /** Columns that one of the answers alone has. */
  missingColumns: z.array(z.string()),
  model: z.object({ readModel: z.string(), asOf: z.string().nullable(), rows: z.number().int(), tookMs: z.number() }),
  live: z.object({ asOf: z.string(), rows: z.number().int(), tookMs: z.number(), expectedCost: z.number() }),
  /** How much older the read model's number is, ms; null: its age is not known. */
  ageMs: z.number().nullable(),
  /** Of columns that add up, exact. `difference`: live - model. */
  totals: z.array(z.object({ column: z.string(), model: z.string(), live: z.string(), difference: z.string() })),
  equalRows: z.number().int(),
  differingRows: z.number().int(),
  /** The first ones, the largest difference in the first value first. */
  differing: z.array(differingAnswerSchema),
  /** The same on both sides. */
  filtering: widgetFilteringSchema.nullable(),
  /** A proof stands behind the read model's query, or it shipped with the widget: age alone tells the answers apart. */
  proven: z.boolean(),
});
export type LiveComparison = z.infer<typeof liveComparisonSchema>;
