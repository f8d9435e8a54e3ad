import type { ReactNode } from 'react';
import type { AttemptState } from '../../../../shared/model/schedule.ts';
import { outcomeWords } from '../words.ts';
import styles from './axis.module.css';

const shown: readonly AttemptState[] = ['done', 'failed', 'cancelled', 'postponed', 'skipped', 'running'];

/** The marks of the lanes in words. */
export function OutcomeLegend(): ReactNode {
  return (
    <ul className={styles.marks}>
      {shown.map((state) => (
        <li key={state}>
          <span className={styles.run} data-outcome={state} aria-hidden />
          {outcomeWords[state].text}
        </li>
      ))}
      <li>
        <span className={styles.planned} aria-hidden />
        planned
      </li>
      <li>
        <span className={styles.window} aria-hidden />
        no refresh
      </li>
      <li>
        <span className={styles.noSwap} aria-hidden />
        no swap
      </li>
    </ul>
  );
}
