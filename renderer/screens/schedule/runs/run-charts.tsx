import { Select } from '@mantine/core';
import { useMemo, type ReactNode } from 'react';
import { ageOverTime } from '../../../../shared/model/age-over-time.ts';
import { budgetMinutes } from '../../../../shared/model/ageing.ts';
import type { RecordedRun, ScheduledModelView } from '../../../../shared/model/schedule-view.ts';
import { Card } from '../../../app/page.tsx';
import { AgeChart, DurationChart } from '../../../charts/runs-chart.tsx';
import type { TimeWindow } from '../../../charts/time-window.ts';
import { useServerNow } from '../use-server-now.ts';
import { roughly } from '../words.ts';
import styles from '../schedule.module.css';

interface RunChartsProps {
  readonly runs: readonly RecordedRun[];
  /** Null: none is chosen, and the charts offer the choice. */
  readonly model: ScheduledModelView | null;
  readonly names: readonly string[];
  /** How far back the runs reach that were asked for, ms. */
  readonly sinceMs: number;
  readonly onChoose: (name: string) => void;
}

const heightPx = 150;

/** Duration and age of one read model over time: of several they would tell nothing. */
export function RunCharts({ runs, model, names, sinceMs, onChoose }: RunChartsProps): ReactNode {
  const nowMs = Math.floor(useServerNow() / 60_000) * 60_000;
  const { fromMs, toMs } = useSpanOf(runs, sinceMs, nowMs + 60_000);
  const bars = useMemo(
    () =>
      runs.flatMap(({ startedAtMs, endedAtMs, state }) =>
        endedAtMs === null || state === 'skipped' || state === 'postponed' || state === 'queued'
          ? []
          : [
              {
                atMs: startedAtMs,
                tookMs: endedAtMs - startedAtMs,
                outcome: state === 'done' || state === 'cancelled' ? state : ('failed' as const),
              },
            ],
      ),
    [runs],
  );
  const points = useMemo(() => ageOverTime(runs, nowMs), [runs, nowMs]);
  const shownSpan = useMemo(() => ({ fromMs, toMs }), [fromMs, toMs]);
  if (model === null) {
    return (
      <Card>
        <div className={styles.tools}>
          <span className="db-dim">Charts of duration and age are of one read model:</span>
          <Select
            aria-label="Charts of"
            placeholder="choose one"
            data={[...names]}
            value={null}
            onChange={(name) => name !== null && onChoose(name)}
            searchable
          />
        </div>
      </Card>
    );
  }
  const { budget, usualMs, readModel } = model;
  const budgetMs = budget === null || budget === 'live' ? null : budgetMinutes(budget) * 60_000;
  return (
    <div className={styles.charts}>
      <Card
        title={`How long ${readModel} takes`}
        aside={usualMs === null ? 'p95 not known yet' : `p95 ${roughly(usualMs)}`}
      >
        <DurationChart bars={bars} usualMs={usualMs} span={shownSpan} height={heightPx} />
      </Card>
      <Card title={`How old ${readModel} was`} aside={budgetMs === null ? 'no budget' : `budget ${roughly(budgetMs)}`}>
        <AgeChart points={points} budgetMs={budgetMs} span={shownSpan} height={heightPx} />
      </Card>
    </div>
  );
}

/** From the first run on, where the span begins long before it: an empty week says nothing. */
function useSpanOf(runs: readonly RecordedRun[], sinceMs: number, toMs: number): TimeWindow {
  return useMemo(() => {
    const first = runs.reduce((least, { startedAtMs }) => Math.min(least, startedAtMs), toMs);
    const marginMs = Math.max(60_000, (toMs - first) * 0.03);
    return { fromMs: Math.max(sinceMs, first - marginMs), toMs };
  }, [runs, sinceMs, toMs]);
}
