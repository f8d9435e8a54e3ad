import type { ReactNode } from 'react';
import { sparkPoints, type SparkPoints } from './spark.ts';
import styles from './charts.module.css';

interface SparkLineProps {
  readonly spark: SparkPoints;
  readonly label: string;
  readonly widthPx?: number;
  readonly heightPx?: number;
}

/** A line of a few pixels in a table row: an SVG, because a canvas per row would cost more than it tells. */
export function SparkLine({ spark, label, widthPx = 84, heightPx = 18 }: SparkLineProps): ReactNode {
  const points = sparkPoints(spark, widthPx, heightPx);
  if (points.length === 0) return <span className="db-dim">–</span>;
  const line = points.map(([x, y]) => `${x},${y}`).join(' ');
  return (
    <svg className={styles.spark} width={widthPx} height={heightPx} role="img" aria-label={label}>
      <polygon points={`0,${heightPx} ${line} ${widthPx},${heightPx}`} fill="var(--db-accent-soft)" />
      <polyline points={line} fill="none" stroke="var(--db-accent)" strokeWidth="1.3" />
    </svg>
  );
}
