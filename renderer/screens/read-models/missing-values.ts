import { z } from 'zod';
import { missingValueSchema, type MissingValue } from '../../../shared/model/explain.ts';
import type { Problem } from '../../stores/failure-error.ts';

const detailSchema = z.object({ missing: z.array(missingValueSchema) });

/** The constants that a refused statement lacks; none where it was refused for something else. */
export function missingValues(problem: Problem | null): readonly MissingValue[] {
  if (problem?.code !== 'statement_refused') return [];
  const read = detailSchema.safeParse(problem.detail);
  return read.success ? read.data.missing : [];
}
