import { Tooltip } from '@mantine/core';
import { freshnessExact, freshnessLabel } from '../../shared/format/freshness-label.ts';
import type { Freshness } from '../../shared/model/freshness.ts';
import styles from './freshness-label.module.css';
import { localTimeZone } from './local-time-zone.ts';
import { useNow } from './use-now.ts';

/** How old a number is, in words; the exact time and the source on hover and focus. The dot's shape repeats the state. */
export function FreshnessLabel({
  freshness,
  prefix = '',
}: {
  readonly freshness: Freshness;
  readonly prefix?: string;
}) {
  const nowMs = useNow(30_000);
  return (
    <Tooltip label={freshnessExact(freshness, localTimeZone)} events={{ hover: true, focus: true, touch: true }}>
      <span
        className={`${styles.label} ${styles[freshness.state] ?? ''}`}
        data-freshness={freshness.state}
        tabIndex={0}
      >
        <span aria-hidden className={styles.dot} />
        {prefix}
        {freshnessLabel(freshness, nowMs, localTimeZone)}
      </span>
    </Tooltip>
  );
}
