import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatCount } from '../../../shared/format/count.ts';
import styles from './mornings.module.css';

interface HiddenByFilterProps {
  readonly count: number;
  /** What is hidden, one and many: ['finding', 'findings']. */
  readonly what: readonly [string, string];
  readonly onClear: () => void;
}

/** A list that a filter shortened says so: a culprit must not be overlooked because of a filter that was forgotten. */
export function HiddenByFilter({ count, what, onClear }: HiddenByFilterProps): ReactNode {
  if (count === 0) return null;
  return (
    <div className={styles.hidden} role="status">
      {count === 1 ? `1 ${what[0]} is` : `${formatCount(count)} ${what[1]} are`} hidden by the filter.
      <Button size="compact-xs" onClick={onClear}>
        Clear the filter
      </Button>
    </div>
  );
}
