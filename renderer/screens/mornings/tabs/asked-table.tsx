import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { FailureNotice } from '../../../app/failure-notice.tsx';
import type { Answer } from '../../../stores/asked.ts';
import styles from '../mornings.module.css';

interface AskedTableProps<T> {
  readonly answer: Answer<T>;
  /** What is loaded, for who cannot see it: 'the slow transactions'. */
  readonly what: string;
  readonly children: (value: T) => ReactNode;
}

/** An answer's failure, its loading, or what it says; the old one stays while a new one is on its way. */
export function AskedTable<T>({ answer, what, children }: AskedTableProps<T>): ReactNode {
  const { value, problem, loading, reload } = answer;
  return (
    <div aria-busy={loading} className={styles.asked}>
      {loading && <div className={styles.progress} aria-hidden />}
      {problem !== null && <FailureNotice problem={problem} onRetry={reload} />}
      {value === null && loading && (
        <Skeleton className={styles.skeleton} height={140} aria-label={`Loading ${what}`} />
      )}
      {value !== null && children(value)}
    </div>
  );
}
