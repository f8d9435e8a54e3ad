import { formatCount } from '../../../shared/format/count.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import type { LoadReport } from '../../../shared/model/demo.ts';
import styles from './connections.module.css';

/** What the load measured in its last second: how long a save takes, how long the managers wait. */
export function LoadFigures({ report }: { readonly report: LoadReport | null }) {
  if (report === null) return <p className="db-dim">The first figures come in a second …</p>;
  const { save, dashboard, errors, eventLoopLag } = report;
  return (
    <dl className={styles.figures} aria-label="Figures of the load">
      <Figure name="Saving an invoice, p95" value={formatDuration(save.p95Ms)}>
        p50 {formatDuration(save.p50Ms)} · max {formatDuration(save.maxMs)}
      </Figure>
      <Figure name="Invoices saved" value={formatCount(save.n)}>
        {errors.saves === 0 ? 'none failed' : `${formatCount(errors.saves)} failed`}
      </Figure>
      <Figure name="Opening the dashboard, p95" value={dashboard.loads === 0 ? '–' : formatDuration(dashboard.p95Ms)}>
        {formatCount(dashboard.loads)} loads · {formatCount(dashboard.skipped)} skipped
      </Figure>
      <Figure name="The load’s own lag, p99" value={formatDuration(eventLoopLag.p99Ms)}>
        {eventLoopLag.p99Ms > 10 ? 'figures above include it' : 'negligible'}
      </Figure>
      {errors.first !== null && (
        <Figure name="First error" value={`${formatCount(errors.saves + errors.loads)} errors`}>
          {errors.first}
        </Figure>
      )}
    </dl>
  );
}

interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly children: React.ReactNode;
}

function Figure({ name, value, children }: FigureProps) {
  return (
    <div className={styles.figure}>
      <dt>{name}</dt>
      <dd>
        {value}
        <small>{children}</small>
      </dd>
    </div>
  );
}
