import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { CopyButton } from '../../app/copy-button.tsx';
import { failureTitles } from '../../i18n/failures.ts';
import type { Problem } from '../../stores/failure-error.ts';
import styles from './dashboards.module.css';

interface WidgetProblemProps {
  readonly problem: Problem;
  /** An older number is still shown below. */
  readonly hasNumber: boolean;
  readonly onRetry: () => void;
}

/** What went wrong with one widget, inside its card: the others are not its business. */
export function WidgetProblem({ problem, hasNumber, onRetry }: WidgetProblemProps): ReactNode {
  return (
    <div className={styles.problem} role="status">
      <IconAlertTriangle size={15} aria-hidden className={styles.problemIcon} />
      <div className={styles.problemText}>
        <strong>{failureTitles[problem.code]}.</strong> {problem.message}
        {hasNumber && ' The number below is the last good one.'}
        <div className={styles.problemTools}>
          <button type="button" className={styles.link} onClick={onRetry}>
            Try again
          </button>
          {problem.action !== undefined && (
            <CopyButton text={problem.action} what="what mends it" label="Copy the fix" size="compact-xs" />
          )}
        </div>
      </div>
    </div>
  );
}
