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

/** What went wrong with one widget, inside its card: the others are not its business. Folded while an old number stands. */
export function WidgetProblem({ problem, hasNumber, onRetry }: WidgetProblemProps): ReactNode {
  return (
    <details className={styles.problem} open={!hasNumber}>
      <summary>
        <IconAlertTriangle size={15} aria-hidden className={styles.problemIcon} />
        <span role="status">
          {failureTitles[problem.code]}
          {hasNumber && ' · the last good number stays'}
        </span>
      </summary>
      <p className={styles.problemText}>{problem.message}</p>
      {problem.action !== undefined && <pre className={styles.problemFix}>{problem.action}</pre>}
      <div className={styles.problemTools}>
        <button type="button" className={styles.link} onClick={onRetry}>
          Try again
        </button>
        {problem.action !== undefined && (
          <CopyButton text={problem.action} what="what mends it" label="Copy the fix" size="compact-xs" />
        )}
      </div>
    </details>
  );
}
