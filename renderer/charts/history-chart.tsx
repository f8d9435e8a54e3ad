import { useMemo, type ReactNode } from 'react';
import { useLocalTimeZone } from '../app/local-time-zone.ts';
import { Chart } from './chart.tsx';
import { historyOption, historyText, type HistoryInput } from './history-option.ts';
import { Legend } from './legend.tsx';
import { usePalette } from './palette.ts';

type HistoryChartProps = Pick<HistoryInput, 'activity' | 'oltpMeanMs' | 'incident'> & { readonly height: number };

/** One statement's activity against the latency of the victims. */
export function HistoryChart({ activity, oltpMeanMs, incident, height }: HistoryChartProps): ReactNode {
  const palette = usePalette();
  const timeZone = useLocalTimeZone();
  const option = useMemo(
    () => historyOption({ activity, oltpMeanMs, incident, palette, timeZone }),
    [activity, oltpMeanMs, incident, palette, timeZone],
  );
  return (
    <>
      <Legend
        items={[
          { name: 'its active sessions', color: palette.reporting, pattern: 0 },
          { name: 'OLTP mean latency', color: palette.line, pattern: null },
        ]}
      />
      <Chart
        option={option}
        height={height}
        describe={({ x }) => historyText({ activity, oltpMeanMs, timeZone }, x)}
        label="Active sessions of this statement against OLTP mean latency"
      />
    </>
  );
}
