import type { ReactNode } from 'react';
import type { TimeWindow } from '../../../charts/time-window.ts';
import { shareAtTime } from '../../../charts/time-window.ts';
import styles from './tabs.module.css';

interface TimeStripProps {
  readonly span: TimeWindow;
  readonly within: TimeWindow;
  readonly label: string;
  readonly tone?: 'lock' | 'accent';
}

/** Where a stretch of time lies in the window. */
export function TimeStrip({ span, within, label, tone = 'accent' }: TimeStripProps): ReactNode {
  const scale = { ...within, bucketMs: 1000 };
  const left = shareAtTime(span.fromMs, scale) * 100;
  const right = shareAtTime(span.toMs, scale) * 100;
  return (
    <div className={styles.strip} role="img" aria-label={label} title={label}>
      <div
        className={styles.stripFill}
        data-tone={tone}
        style={{ left: `${Math.min(left, 99)}%`, width: `max(2px, ${right - left}%)` }}
      />
    </div>
  );
}
