import { Button } from '@mantine/core';
import { withMoments } from '../../shared/format/moments-in-text.ts';
import type { ShownHostKey } from '../../shared/model/tunnel.ts';
import { calmCodes, failureTitles, heldByCalendar } from '../i18n/failures.ts';
import type { Problem } from '../stores/failure-error.ts';
import { CopyButton } from './copy-button.tsx';
import { HostKeyQuestion } from './host-key-question.tsx';
import { momentExact } from './moments.ts';
import { Notice } from './notice.tsx';
import styles from './notice.module.css';
import { UpdateRegistry } from './update-registry.tsx';

interface FailureNoticeProps {
  readonly problem: Problem;
  /** Shown as "Try again" when given. */
  readonly onRetry?: () => void;
  /** A title that knows more than the code does. */
  readonly title?: string;
}

/** An expected failure: what happened, to which object, what to do next, with the mending statement ready to copy. */
export function FailureNotice({ problem, onRetry, title }: FailureNoticeProps) {
  const unknownKey = problem.code === 'host_key_unknown' ? hostKeyOf(problem) : undefined;
  // Before the key is trusted, trying again leads here again.
  const retry =
    onRetry === undefined || unknownKey !== undefined ? undefined : (
      <Button size="compact-sm" onClick={onRetry}>
        Try again
      </Button>
    );
  const older = problem.detail?.['olderRegistry'];
  return (
    <Notice
      tone={calmCodes.has(problem.code) ? 'warning' : 'bad'}
      title={title ?? titleOf(problem)}
      buttons={typeof older === 'string' ? <UpdateRegistry serverId={older} /> : retry}
    >
      <p className={styles.message}>{withMoments(problem.message, momentExact)}</p>
      {unknownKey !== undefined ? (
        <HostKeyQuestion key={unknownKey.key} shown={unknownKey} onTrusted={onRetry} />
      ) : (
        problem.action !== undefined && <ActionToCopy action={problem.action} />
      )}
      <Facts problem={problem} />
    </Notice>
  );
}

/** Its parts alone: the engine checks a key that it shall trust. */
function hostKeyOf({ detail }: Problem): ShownHostKey | undefined {
  const shown = detail?.['hostKey'] as Partial<ShownHostKey> | null | undefined;
  if (typeof shown?.host !== 'string' || typeof shown.port !== 'number') return undefined;
  if (typeof shown.key !== 'string' || typeof shown.fingerprint !== 'string') return undefined;
  const { host, port, key, fingerprint } = shown;
  return { host, port, key, fingerprint };
}

const titleOf = ({ code, detail }: Problem): string =>
  code === 'busy' && typeof detail?.['calendar'] === 'string' ? heldByCalendar : failureTitles[code];

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
  const facts = Object.entries(problem.detail ?? {}).filter(([name]) => name !== 'stages' && name !== 'olderRegistry');
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
