import { useReducedMotion } from '@mantine/hooks';
import { useEffect, useRef, useState, type MouseEvent, type ReactNode } from 'react';
import type { PlotPlace } from '../../shared/charts/plot-place.ts';
import type { ChartOption } from './chart-option.ts';
import { init, type ECharts } from './echarts.ts';
import { HoverText, type HoverPlace } from './hover-text.tsx';
import styles from './charts.module.css';

export interface ChartProps {
  readonly option: ChartOption;
  /** What the picture shows, in one sentence, for who cannot see it. The numbers are in the table twin. */
  readonly label: string;
  /** Px or CSS length; default: all of the parent. */
  readonly height?: number | string;
  /** What hovering over a place says, one fact a line; null: nothing. */
  readonly describe?: (place: PlotPlace) => string | null;
}

/** Draws one ECharts option and keeps it the size of its box. Screens use the named charts, not this one. */
export function Chart({ option, label, height = '100%', describe }: ChartProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const drawn = useRef<ECharts | null>(null);
  const still = useReducedMotion();
  const [hover, setHover] = useState<(HoverPlace & { readonly text: string }) | null>(null);

  useEffect(() => {
    if (box.current === null) return undefined;
    const chart = init(box.current, null, { renderer: 'canvas' });
    drawn.current = chart;
    // It tells once at the start, too: the same size again would draw everything twice.
    const observer = new ResizeObserver(([entry]) => {
      const { width = 0, height = 0 } = entry?.contentRect ?? {};
      if (Math.round(width) !== chart.getWidth() || Math.round(height) !== chart.getHeight()) chart.resize();
    });
    observer.observe(box.current);
    return () => {
      observer.disconnect();
      drawn.current = null;
      chart.dispose();
    };
  }, []);

  useEffect(() => {
    // Read now and drawn in the next frame: both together hold the window up for too long, the first time above all.
    drawn.current?.setOption(
      { ...option, animation: !still && option.animation !== false },
      { notMerge: true, lazyUpdate: true },
    );
  }, [option, still]);

  const onMouseMove = (event: MouseEvent<HTMLDivElement>) => {
    const chart = drawn.current;
    if (chart === null || describe === undefined) return;
    const bounds = event.currentTarget.getBoundingClientRect();
    const px = [event.clientX - bounds.left, event.clientY - bounds.top];
    const place = chart.containPixel('grid', px) ? chart.convertFromPixel('grid', px) : [];
    const [x, y] = Array.isArray(place) ? place : [];
    const text = x === undefined || y === undefined ? null : describe({ x, y });
    setHover(text === null ? null : { text, clientX: event.clientX, clientY: event.clientY });
  };

  return (
    <>
      <div
        ref={box}
        className={styles.chart}
        style={{ height }}
        role="img"
        aria-label={label}
        onMouseMove={onMouseMove}
        onMouseLeave={() => setHover(null)}
      />
      {hover !== null && <HoverText {...hover} />}
    </>
  );
}
