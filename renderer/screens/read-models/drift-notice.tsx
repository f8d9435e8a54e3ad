import type { Drift } from '../../../shared/model/drift.ts';
import { CopyButton } from '../../app/copy-button.tsx';
import { Notice } from '../../app/notice.tsx';
import styles from './read-models.module.css';

/** What happened outside Daybreak, to which object, and what puts it right. */
export function DriftNotice({ drift }: { readonly drift: readonly Drift[] }) {
  if (drift.length === 0) return null;
  return (
    <Notice tone="warning" title="The catalog is not what the registry says">
      <ul className={styles.warnings}>
        {drift.map(({ kind, object, text, advice, action }) => (
          <li key={`${kind} ${object} ${text}`}>
            {text} <span className="db-dim">{advice}</span>{' '}
            {action !== null && (
              <>
                <code className={styles.mono}>{action}</code>{' '}
                <CopyButton size="compact-xs" text={action} what="the statement" />
              </>
            )}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
