import { z } from 'zod';
import { periodPresets } from '../format/period-days.ts';
import { freshnessSchema } from './freshness.ts';

export * from './filter-limits.ts';

/** How a filter is called in addresses and calls. */
export const filterIdSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]*$/, 'the id of a filter has lower-case letters, digits and _, and starts with a letter')
  .max(40);

/** A filter reaches the widgets whose read models have one of its columns; the first that a model has counts. */
const filtered = z.object({
  filterId: filterIdSchema,
  label: z.string().min(1).max(60),
  columns: z.array(z.string().min(1)).min(1).max(10),
});

export const dashboardFilterSchema = z.discriminatedUnion('kind', [
  filtered.extend({ kind: z.literal('choice') }),
  filtered.extend({
    kind: z.literal('period'),
    /** The business's own zone: where its days begin, unless the read model is cut in another. */
    timeZone: z.string().min(1),
  }),
]);
export type DashboardFilter = z.infer<typeof dashboardFilterSchema>;

export const filterValueSchema = z.discriminatedUnion('kind', [
  /** Any of these; null: rows without a value. */
  z.object({ kind: z.literal('values'), values: z.array(z.string().nullable()) }),
  /** Means other days each month: resolved when it is asked. */
  z.object({ kind: z.literal('preset'), preset: z.enum(periodPresets) }),
  /** First and last day, both included: 'yyyy-mm-dd'. */
  z.object({ kind: z.literal('days'), from: z.string(), to: z.string() }),
]);
export type FilterValue = z.infer<typeof filterValueSchema>;

/** What a reader has chosen, by filterId. A filter that is left out leaves all rows. */
export const filterValuesSchema = z.record(z.string(), filterValueSchema);
export type FilterValues = z.infer<typeof filterValuesSchema>;

/** What became of the chosen filters in one widget's answer. */
export const widgetFilteringSchema = z.object({
  applied: z.array(
    z.object({
      filterId: z.string(),
      /** `model.column`, or the column of a live query's result. */
      columns: z.array(z.string()),
      /** First and last day of a period, and the zone in which they begin where the column is a moment. */
      period: z.object({ from: z.string(), to: z.string(), timeZone: z.string().nullable() }).nullable(),
      /** What a reader has to know beside it: 'counts the months that begin in it'. */
      notes: z.array(z.string()),
    }),
  ),
  notApplied: z.array(z.object({ filterId: z.string(), label: z.string(), reason: z.string() })),
});
export type WidgetFiltering = z.infer<typeof widgetFilteringSchema>;

/** What can be chosen in a choice filter. */
export const filterChoicesSchema = z.object({
  filterId: z.string(),
  /** By name; at most as many as asked for. */
  choices: z.array(
    z.object({
      /** null: rows without a value. */
      value: z.string().nullable(),
      /** Rows of the read models that have it. */
      rows: z.number().int(),
    }),
  ),
  /** There are more than these. */
  more: z.boolean(),
  /** Read models that the values come from. */
  readModels: z.array(z.string()),
  /** Read models that were not asked, and why. */
  leftOut: z.array(z.object({ readModel: z.string(), reason: z.string() })),
  freshness: freshnessSchema,
});
export type FilterChoices = z.infer<typeof filterChoicesSchema>;

/** A column that a filter could be made of. */
export const filterColumnSchema = z.object({
  column: z.string(),
  kind: z.enum(['choice', 'period']),
  type: z.string(),
  readModels: z.array(z.string()),
});
export type FilterColumn = z.infer<typeof filterColumnSchema>;
