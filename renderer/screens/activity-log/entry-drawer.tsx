import { Drawer } from '@mantine/core';
import { formatDuration } from '../../../shared/format/duration.ts';
import type { ActivityEntry } from '../../../shared/model/activity-log.ts';
import { CopyButton } from '../../app/copy-button.tsx';
import { momentExact } from '../../app/moments.ts';
import { href } from '../../app/router.ts';
import { SqlEditor } from '../../app/sql-editor.tsx';
import { Tag } from '../../app/tag.tsx';
import styles from './activity-log.module.css';
import { outcomeWords } from './outcome-words.ts';

interface EntryDrawerProps {
  /** Null: closed. */
  readonly entry: ActivityEntry | null;
  readonly onClose: () => void;
}

/** One entry in full: the statement, how it went, and what takes it back. */
export function EntryDrawer({ entry, onClose }: EntryDrawerProps) {
  return (
    <Drawer
      opened={entry !== null}
      onClose={onClose}
      position="right"
      size="lg"
      title={entry?.purpose ?? ''}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {entry !== null && <Entry entry={entry} />}
    </Drawer>
  );
}

function Entry({ entry }: { readonly entry: ActivityEntry }) {
  const { text, tone } = outcomeWords[entry.outcome];
  return (
    <>
      <dl className={styles.facts}>
        <dt>when</dt>
        <dd>{momentExact(entry.atMs)}</dd>
        <dt>who</dt>
        <dd>{entry.actor}</dd>
        <dt>outcome</dt>
        <dd>
          <Tag tone={tone}>{text}</Tag>
          {entry.tookMs !== null && ` after ${formatDuration(entry.tookMs)}`}
        </dd>
        {entry.error !== null && (
          <>
            <dt>error</dt>
            <dd className={styles.error}>{entry.error}</dd>
          </>
        )}
        {entry.planId !== null && (
          <>
            <dt>plan</dt>
            <dd>
              <a href={href(`/read-models/plan/${entry.planId}`)}>the plan that it belongs to</a>
            </dd>
          </>
        )}
      </dl>
      <div className={styles.section}>
        <h3>Statement</h3>
        <CopyButton text={entry.sql} what="the statement" />
      </div>
      <SqlEditor value={entry.sql} label="Statement" maxHeight={360} />
      <div className={styles.section}>
        <h3>Undo</h3>
        {entry.undoSql !== null && <CopyButton text={entry.undoSql} what="the undo" />}
      </div>
      {entry.undoSql === null ? (
        <span className="db-dim">Nothing to take back, or taken back with the step that it belongs to.</span>
      ) : (
        <SqlEditor value={entry.undoSql} label="Undo" maxHeight={200} />
      )}
    </>
  );
}
