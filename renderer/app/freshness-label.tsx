import { Tooltip } from '@mantine/core';
import {
  IconAlertTriangle,
  IconBolt,
  IconCircleCheck,
  IconCircleDashed,
  IconClockExclamation,
  IconPlugConnectedX,
  IconRefresh,
} from '@tabler/icons-react';
import { memo } from 'react';
import { freshnessExact, freshnessLabel, freshnessStateWords } from '../../shared/format/freshness-label.ts';
import { holdsText } from '../../shared/format/hold-text.ts';
import type { Freshness, FreshnessState } from '../../shared/model/freshness.ts';
import { useSelectedServer } from '../stores/connections.ts';
import styles from './freshness-label.module.css';
import { useReaderTime } from './reader-time.ts';

interface FreshnessLabelProps {
  readonly freshness: Freshness;
  /** Before the words, e.g. 'oldest number: '. */
  readonly prefix?: string;
}

/** Each state has a shape of its own: colour only repeats it. */
const icons: Readonly<Record<FreshnessState, typeof IconBolt>> = {
  live: IconBolt,
  fresh: IconCircleCheck,
  due: IconClockExclamation,
  stale: IconAlertTriangle,
  refreshing: IconRefresh,
  offline: IconPlugConnectedX,
  unknown: IconCircleDashed,
};

/**
 * How old a number is, in the reader's time zone and by the reader's clock; what the state means, the exact moment and
 * the source on hover and focus, and read out by screen readers.
 */
export const FreshnessLabel = memo(function FreshnessLabel({ freshness, prefix = '' }: FreshnessLabelProps) {
  const skewMs = useSelectedServer()?.facts?.clockSkewMs ?? 0;
  const label = useReaderTime(({ nowMs, timeZone, locale }) =>
    freshnessLabel(freshness, nowMs + skewMs, timeZone, locale),
  );
  const exact = useReaderTime(({ timeZone, locale }) => freshnessExact(freshness, timeZone, locale, skewMs));
  const holds = useReaderTime(({ nowMs, timeZone, locale }) => holdsText(freshness, nowMs + skewMs, timeZone, locale));
  const meaning = freshnessStateWords[freshness.state];
  const words = [meaning, exact, ...(holds === null ? [] : [holds])].join(' · ');
  const Icon = icons[freshness.state];
  return (
    <Tooltip label={words} events={{ hover: true, focus: true, touch: true }} multiline maw={360}>
      <span
        className={`${styles.label} ${styles[freshness.state] ?? ''}`}
        data-freshness={freshness.state}
        tabIndex={0}
      >
        <Icon size={14} aria-hidden className={styles.icon} />
        <span>
          {prefix}
          {label}
        </span>
        <span className={styles.readOut}>{`. ${words}`}</span>
      </span>
    </Tooltip>
  );
});
