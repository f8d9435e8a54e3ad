import { useReducedMotion } from '@mantine/hooks';
import { useEffect, useRef, type ReactNode } from 'react';
import type { ChartOption } from './chart-option.ts';
import { init, type ECharts } from './echarts.ts';
import styles from './charts.module.css';

export interface ChartProps {
  readonly option: ChartOption;
  /** What the picture shows, in one sentence, for who cannot see it. The numbers are in the table twin. */
  readonly label: string;
  /** Px or CSS length; default: all of the parent. */
  readonly height?: number | string;
}

/** Draws one ECharts option and keeps it the size of its box. Screens use the named charts, not this one. */
export function Chart({ option, label, height = '100%' }: ChartProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const drawn = useRef<ECharts | null>(null);
  const still = useReducedMotion();

  useEffect(() => {
    if (box.current === null) return;
    const chart = init(box.current, null, { renderer: 'canvas' });
    drawn.current = chart;
    const observer = new ResizeObserver(() => chart.resize());
    observer.observe(box.current);
    return () => {
      observer.disconnect();
      drawn.current = null;
      chart.dispose();
    };
  }, []);

  useEffect(() => {
    drawn.current?.setOption({ ...option, animation: !still && option.animation !== false }, { notMerge: true });
  }, [option, still]);

  return <div ref={box} className={styles.chart} style={{ height }} role="img" aria-label={label} />;
}
