import { formatCount } from '../../../shared/format/count.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import type { Verification } from '../../../shared/model/read-model.ts';
import styles from './read-models.module.css';
import { verificationText } from './verification-text.ts';

/** A version's rows against those of the version before, read at one snapshot. */
export function VerificationFacts({ verification }: { readonly verification: Verification }) {
  const { comparedWith, rowsBefore, rowsNow, onlyBefore, onlyNow, different, byColumn } = verification;
  const columns = Object.entries(byColumn).toSorted(([, a], [, b]) => b - a);
  return (
    <>
      <p>{verificationText(verification)}</p>
      <dl className={styles.facts}>
        {comparedWith !== null && (
          <>
            <dt>rows of version {comparedWith}</dt>
            <dd>{countText(rowsBefore)}</dd>
            <dt>rows now</dt>
            <dd>{countText(rowsNow)}</dd>
            <dt>gone</dt>
            <dd>{countText(onlyBefore)}</dd>
            <dt>new</dt>
            <dd>{countText(onlyNow)}</dd>
            <dt>with other values</dt>
            <dd>
              {countText(different)}
              {columns.length > 0 && (
                <span className="db-dim">
                  {' '}
                  ({columns.map(([column, groups]) => `${column} in ${formatCount(groups)}`).join(', ')})
                </span>
              )}
            </dd>
          </>
        )}
        <dt>filling it took</dt>
        <dd>
          {timeText(verification.fillMs)}
          {verification.fillMsBefore !== null && (
            <span className="db-dim"> · the version before {formatDuration(verification.fillMsBefore)}</span>
          )}
        </dd>
        {verification.compareMs !== null && (
          <>
            <dt>comparing took</dt>
            <dd>{formatDuration(verification.compareMs)}</dd>
          </>
        )}
      </dl>
    </>
  );
}

const countText = (count: number | null): string => (count === null ? 'not known' : formatCount(count));
const timeText = (ms: number | null): string => (ms === null ? 'not known' : formatDuration(ms));
