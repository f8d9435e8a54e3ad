import { formatCount } from '../../../shared/format/count.ts';
import type { Verification } from '../../../shared/model/read-model.ts';

/** The comparison in one sentence. */
export function verificationText(verification: Verification): string {
  const { comparedWith, onlyBefore, onlyNow, different, rowsNow } = verification;
  if (comparedWith === null) return 'There is no earlier version with the same key to compare with.';
  const parts = [
    ...part(onlyBefore, 'row is gone', 'rows are gone'),
    ...part(onlyNow, 'row is new', 'rows are new'),
    ...part(different, 'row has other values', 'rows have other values'),
  ];
  if (parts.length === 0) {
    return `The same ${formatCount(rowsNow ?? 0)} rows with the same values as version ${comparedWith}, at one snapshot.`;
  }
  return `Against version ${comparedWith}, at one snapshot: ${parts.join(', ')}.`;
}

function part(count: number | null, one: string, many: string): string[] {
  if (count === null || count === 0) return [];
  return [`${formatCount(count)} ${count === 1 ? one : many}`];
}
