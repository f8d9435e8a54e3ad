import { z } from 'zod';
import { cellSchema } from '../../../shared/model/dashboard.ts';
import { grainSchema } from '../../../shared/model/period.ts';
import { columnSchema } from '../../../shared/model/read-model.ts';

/** When days begin in a time zone, for each day from `first` to `last` ('yyyy-mm-dd'). */
export const dayBeginningsSchema = z.object({
  first: z.string(),
  last: z.string(),
  /** From this day on midnight lies so far east of that of UTC, until the next one. */
  shifts: z.array(z.object({ from: z.string(), offsetSeconds: z.number().int() })),
});
export type DayBeginnings = z.infer<typeof dayBeginningsSchema>;

/** What periods mean for the rows of a read model. */
export const modelPeriodsSchema = z.object({
  /** The business's own zone, which the model is cut in; null: the filter's counts. */
  timeZone: z.string().nullable(),
  /** Of columns whose values begin periods. */
  grains: z.record(z.string(), grainSchema),
  /**
   * By time zone, of every one in which a filter may begin its days; null: the server does not know the zone. Without
   * moments in the rows there is none.
   */
  days: z.record(z.string(), dayBeginningsSchema.nullable()),
});

/** Which rows of a read model a condition of a widget's query chooses, as the server had it when it gave the rows. */
export const chosenRowsSchema = z.object({
  condition: z.string(),
  /** 't' or 'f' for each row, one after the other; null: the server refuses the condition. */
  chosen: z.string().nullable(),
});
export type ChosenRows = z.infer<typeof chosenRowsSchema>;

/** What an expression of a widget's query is worth in each row, as the server had it when it gave the rows. */
export const rowExpressionSchema = z.object({
  expression: z.string(),
  /** null: the server refuses the expression, or it takes too much room. */
  values: z
    .object({
      type: z.string(),
      cells: z.array(cellSchema),
      /** Of text: as `ranks` of columns. */
      ranks: z.array(z.number().int()).optional(),
    })
    .nullable(),
});
export type RowExpression = z.infer<typeof rowExpressionSchema>;

/** The rows of a read model as they were at `asOf`, cells as the server printed them. */
export const modelRowsSchema = z.object({
  readModel: z.string(),
  modelVersion: z.number().int().nullable(),
  asOf: z.string().nullable(),
  columns: z.array(columnSchema),
  rows: z.array(z.array(cellSchema)),
  /** Of columns with text: the place of each row in the server's own order of that column, from 1. */
  ranks: z.record(z.string(), z.array(z.number().int())),
  /** Left out: kept by a Daybreak that did not know. */
  periods: modelPeriodsSchema.optional(),
  /** Of every condition that widgets had. Left out: kept by a Daybreak that did not know. */
  conditions: z.array(chosenRowsSchema).optional(),
  /** Of every expression of single rows that widgets had. Left out: kept by a Daybreak that did not know. */
  expressions: z.array(rowExpressionSchema).optional(),
});
export type ModelRows = z.infer<typeof modelRowsSchema>;
