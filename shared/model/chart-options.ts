import { z } from 'zod';

/** How a chart is drawn beyond its kind. What is left out is chosen from the rows; their order is the query's. */
export const chartOptionsSchema = z.object({
  /** Of bars; left out: on their side where their names need the room. */
  orientation: z.enum(['upright', 'sideways']).optional(),
  /** Left out: shown from two series on. */
  legend: z.boolean().optional(),
  /** Whether the axis of lines begins at zero; that of bars always does. Left out: only beside bars. */
  fromZero: z.boolean().optional(),
  /** Of kind 'stacked'; left out: bars. */
  stackedAs: z.enum(['bars', 'areas']).optional(),
  /** Of kind 'combined': the values that are lines, against an axis of their own on the right. */
  lines: z.array(z.string()).optional(),
});
export type ChartOptions = z.infer<typeof chartOptionsSchema>;

/** The second value of a number, in the same row: what it was, or what it should be. */
export const comparisonSchema = z.object({
  column: z.string().min(1),
  with: z.enum(['previous', 'target']),
  /** What the second value is, e.g. 'the same day last month'; left out: the name of its column. */
  label: z.string().optional(),
  /** Which direction is good news; left out: neither, and the difference is not coloured. */
  better: z.enum(['higher', 'lower']).optional(),
});
export type Comparison = z.infer<typeof comparisonSchema>;
