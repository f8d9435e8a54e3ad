import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Finding } from '../../../../shared/model/diagnosis.ts';
import { FailureNotice } from '../../../app/failure-notice.tsx';
import { FreshnessLabel } from '../../../app/freshness-label.tsx';
import { HistoryChart } from '../../../charts/history-chart.tsx';
import type { TimeWindow } from '../../../charts/time-window.ts';
import { useFindingDetail } from './use-finding-detail.ts';
import styles from './drawer.module.css';

interface HistoryTabProps {
  readonly serverId: string;
  readonly window: TimeWindow;
  readonly finding: Finding;
}

/** Does the victims' latency rise and fall with the suspect? The eye is a good judge of that. */
export function HistoryTab({ serverId, window, finding }: HistoryTabProps): ReactNode {
  const { history, freshness, loading, problem, reload } = useFindingDetail(serverId, window, finding);
  return (
    <section aria-label="History" className={styles.body}>
      {problem !== null && <FailureNotice problem={problem} onRetry={reload} />}
      {history === null && loading && (
        <Skeleton className={styles.skeleton} height={300} aria-label="Loading the history" />
      )}
      {history !== null && (
        <>
          <div className={styles.sectionHead}>
            <h3>Its activity against OLTP latency</h3>
            {freshness !== null && <FreshnessLabel freshness={freshness} />}
          </div>
          <HistoryChart {...history} incident={window} height={320} />
          <p className="db-dim">
            The framed stretch is the window. A suspect whose activity and the latency rise and fall together, again and
            again, is a stronger case than one morning.
          </p>
        </>
      )}
    </section>
  );
}
