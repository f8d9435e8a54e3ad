import { IconFileAlert, IconLock } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { WidgetData } from '../../../shared/model/dashboard.ts';
import styles from './earlier.module.css';

/** A number that is saved and cannot be shown; its age stands above it all the same. */
export function UnreadableNumber({ why }: { readonly why: NonNullable<WidgetData['unreadable']> }): ReactNode {
  const Icon = why === 'locked' ? IconLock : IconFileAlert;
  return (
    <div className={styles.unreadable}>
      <Icon size={20} aria-hidden />
      {sentences[why]}
    </div>
  );
}

const sentences: Readonly<Record<NonNullable<WidgetData['unreadable']>, string>> = {
  locked: 'The saved number is locked. Unlock the saved numbers to read it.',
  damaged: 'The saved number is damaged. It comes back with the next answer of the database.',
  newer: 'A newer Daybreak saved this number. Open it there, or wait for the next answer of the database.',
};
