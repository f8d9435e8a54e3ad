import { Modal, Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatBytes } from '../../shared/format/bytes.ts';
import { formatCount } from '../../shared/format/count.ts';
import type { CacheStatus } from '../../shared/model/offline-cache.ts';
import { useAsked } from '../stores/asked.ts';
import { cacheStatus } from '../stores/offline-cache.ts';
import { FailureNotice } from './failure-notice.tsx';
import { SavedNumbersLimits } from './saved-numbers-limits.tsx';
import { SavedNumbersProtection } from './saved-numbers-protection.tsx';
import styles from './saved-numbers.module.css';

/** What is saved of dashboards for offline reading. */
export function SavedNumbersDialog({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size="lg"
      title="Saved numbers"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <SavedNumbers />
    </Modal>
  );
}

/** How large it is, how large it may grow, and who can read it. */
export function SavedNumbers(): ReactNode {
  const { value, problem, loading, reload } = useAsked(cacheStatus, {});
  if (value === null) {
    return problem === null ? (
      <Skeleton height={140} visible={loading} aria-label="Loading what is saved" />
    ) : (
      <FailureNotice problem={problem} onRetry={reload} />
    );
  }
  return (
    <div className={styles.body}>
      {problem !== null && <FailureNotice problem={problem} onRetry={reload} />}
      <p>{sizeSentence(value)}</p>
      <SavedNumbersLimits key={JSON.stringify(value.limits)} limits={value.limits} />
      <SavedNumbersProtection status={value} />
    </div>
  );
}

function sizeSentence({ sizeBytes, results, widgets, readModels, limits }: CacheStatus): string {
  if (results === 0) return 'Nothing is saved yet: every number that a dashboard shows is kept from then on.';
  const rows =
    readModels === 0
      ? ''
      : ` and the rows of ${formatCount(readModels)} small read ${readModels === 1 ? 'model' : 'models'}`;
  return (
    `${formatBytes(sizeBytes)} of ${formatBytes(limits.capBytes)}: ${formatCount(results)} results of ` +
    `${formatCount(widgets)} ${widgets === 1 ? 'widget' : 'widgets'}${rows}. Opened packs are not counted.`
  );
}
