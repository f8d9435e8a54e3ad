import { createHash } from 'node:crypto';
import type { FoundOriginal } from './originals.ts';

/**
 * SHA-256 over all that a proof compares: whoever changes a part of it has another proposal. What is kept frozen is a
 * part of it, since it decides which sets are compared. Null where there is no query to compare with.
 */
export function proofHash({
  originalSql,
  searchPath,
  definitionSql,
  rewrittenSql,
  frozenParameters,
}: Pick<FoundOriginal, 'originalSql' | 'searchPath' | 'definitionSql' | 'rewrittenSql' | 'frozenParameters'>):
  string | null {
  if (rewrittenSql === null) return null;
  const frozen = frozenParameters.map(({ name, literal }) => [name, literal]).toSorted();
  const compared = JSON.stringify([originalSql, searchPath, definitionSql, rewrittenSql, frozen]);
  return createHash('sha256').update(compared).digest('hex');
}
