import { z } from 'zod';

/** Finest first. Weeks begin on Monday, as `date_trunc` has them. */
export const grainSchema = z.enum(['day', 'week', 'month', 'quarter', 'year']);
export type Grain = z.infer<typeof grainSchema>;

/**
 * How a read model is cut into periods that are recomputed one by one. Its copies are tables then, since nobody can
 * write a part of a materialized view.
 */
export const periodSchema = z.object({
  /** Key column that holds the beginning of the period, a `date` or `timestamp`. */
  column: z.string().min(1),
  /** At least as coarse as the definition cuts: what becomes dirty together. */
  grain: grainSchema,
  /** The business's own zone, e.g. 'Europe/Berlin': where a day begins. Changing it is a new version. */
  timeZone: z.string().min(1),
  /** Periods that are still open at any moment, this one included: every refresh recomputes them. */
  openPeriods: z.number().int().min(1).max(1000).default(2),
});
export type Period = z.infer<typeof periodSchema>;
