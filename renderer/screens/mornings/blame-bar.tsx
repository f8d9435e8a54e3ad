import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatPercent, formatPercentRange } from '../../../shared/format/ratio.ts';
import styles from './mornings.module.css';

interface BlameBarProps {
  /** 0..1 */
  readonly share: number;
  readonly interval: readonly [number, number] | null;
  /** The share that fills the bar: the largest of the table, so that small ones can be compared. */
  readonly full: number;
  readonly tone: 'blame' | 'unexplained';
}

/** A share of the damage with its interval: bar, whisker and number; what the interval means on hover and focus. */
export function BlameBar({ share, interval, full, tone }: BlameBarProps): ReactNode {
  const place = (value: number) => `${Math.min(1, Math.max(0, value / (full || 1))) * 100}%`;
  return (
    <Tooltip label={blameText(share, interval)} events={{ hover: true, focus: true, touch: true }}>
      <div className={styles.blame} role="img" aria-label={blameText(share, interval)} tabIndex={0}>
        <div className={styles.blameTrack} aria-hidden>
          <div className={styles.blameFill} data-tone={tone} style={{ width: place(share) }} />
          {interval !== null && interval[1] > interval[0] && (
            <div
              className={styles.blameInterval}
              style={{ left: place(interval[0]), right: `calc(100% - ${place(interval[1])})` }}
            />
          )}
        </div>
        <span className={styles.blameNumber}>{formatPercent(share)}</span>
      </div>
    </Tooltip>
  );
}

/** A share in words, and how to read its interval. */
export function blameText(share: number, interval: readonly [number, number] | null): string {
  if (interval === null) return `${formatPercent(share)} of the damage: no sampled activity accounts for it`;
  return (
    `${formatPercent(share)} of the damage. The thin line is the interval: the samples of this window are as well ` +
    `explained by any share of ${formatPercentRange(interval)}; the narrower it is, the surer the number.`
  );
}
