import { Tooltip } from '@mantine/core';
import { IconFilterOff } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { WidgetData } from '../../../../shared/model/dashboard.ts';
import { filterNotes, notFilteredText } from './filter-words.ts';
import styles from './filters.module.css';

interface FilteringNoteProps {
  readonly data: WidgetData | null;
  /** The number on the card was asked for with other filters than those that are chosen now. */
  readonly outdated: boolean;
}

/** A number that a chosen filter does not reach must not look like one that it does. */
export function FilteringNote({ data, outdated }: FilteringNoteProps): ReactNode {
  if (data === null) return null;
  if (outdated) return <p className={styles.note}>still the number of the filters before</p>;
  const left = notFilteredText(data);
  const notes = filterNotes(data);
  if (left === null && notes.length === 0) return null;
  return (
    <p className={styles.note}>
      {left !== null && (
        <Tooltip
          label={<span className={styles.why}>{left.why}</span>}
          events={{ hover: true, focus: true, touch: true }}
        >
          <span className={styles.notFiltered} tabIndex={0}>
            <IconFilterOff size={13} aria-hidden />
            {left.text}
            <span className={styles.hidden}>: {left.why}</span>
          </span>
        </Tooltip>
      )}
      {notes.length > 0 && <span title={notes.join(' · ')}>{notes.join(' · ')}</span>}
    </p>
  );
}
