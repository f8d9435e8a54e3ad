import { Button } from '@mantine/core';
import { calmCodes, failureTitles } from '../i18n/failures.ts';
import type { Problem } from '../stores/failure-error.ts';
import { CopyButton } from './copy-button.tsx';
import { Notice } from './notice.tsx';
import styles from './notice.module.css';

interface FailureNoticeProps {
  readonly problem: Problem;
  /** Shown as "Try again" when given. */
  readonly onRetry?: () => void;
  /** A title that knows more than the code does. */
  readonly title?: string;
}

/** An expected failure: what happened, to which object, what to do next, with the mending statement ready to copy. */
export function FailureNotice({ problem, onRetry, title }: FailureNoticeProps) {
  const retry =
    onRetry === undefined ? undefined : (
      <Button size="compact-sm" onClick={onRetry}>
        Try again
      </Button>
    );
  return (
    <Notice
      tone={calmCodes.has(problem.code) ? 'warning' : 'bad'}
      title={title ?? failureTitles[problem.code]}
      buttons={retry}
    >
      <p className={styles.message}>{problem.message}</p>
      {problem.action !== undefined && <ActionToCopy action={problem.action} />}
      <Facts problem={problem} />
    </Notice>
  );
}

/** The exact statement or setting that mends something. */
export function ActionToCopy({ action }: { readonly action: string }) {
  return (
    <div className={styles.action}>
      <pre className={styles.sql}>{action}</pre>
      <CopyButton text={action} what="what mends it" />
    </div>
  );
}

function Facts({ problem }: { readonly problem: Problem }) {
  const facts = Object.entries(problem.detail ?? {}).filter(([name]) => name !== 'stages');
  if (problem.sqlstate !== undefined) facts.push(['SQLSTATE', problem.sqlstate]);
  if (facts.length === 0) return null;
  return (
    <details className={styles.facts}>
      <summary>Details</summary>
      <dl>
        {facts.map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd className="db-mono">{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
