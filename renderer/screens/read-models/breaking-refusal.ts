import { z } from 'zod';
import type { Problem } from '../../stores/failure-error.ts';

const detailSchema = z.object({
  /** A free name for the new shape. */
  otherName: z.string(),
  /** Roles that read the old name. */
  readers: z.array(z.string()),
  mayReplace: z.boolean(),
});
export type BreakingRefusal = z.infer<typeof detailSchema>;

/** What may be done about a version that readers would break on; null where the problem is another one. */
export function breakingRefusal(problem: Problem | null): BreakingRefusal | null {
  if (problem?.code !== 'statement_refused') return null;
  const read = detailSchema.safeParse(problem.detail);
  return read.success ? read.data : null;
}
