import { SegmentedControl } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { formatCount } from '../../../../shared/format/count.ts';
import type { RecordedRun, ScheduledModelView } from '../../../../shared/model/schedule-view.ts';
import { useLocalTimeZone } from '../../../app/local-time-zone.ts';
import { Notice } from '../../../app/notice.tsx';
import { Card } from '../../../app/page.tsx';
import { Legend } from '../../../charts/legend.tsx';
import { usePalette } from '../../../charts/palette.ts';
import { timelineLayers } from '../../../charts/timeline-data.ts';
import { useAsked } from '../../../stores/asked.ts';
import { axisRuns } from '../../../stores/schedule-runs.ts';
import { useSchedule, type SeenSchedule } from '../../../stores/schedule.ts';
import { useServerNow } from '../use-server-now.ts';
import { AxisHead, AxisLines } from './axis-head.tsx';
import { axisWindow, type AxisSpan } from './axis-scale.ts';
import { Lane } from './lane.tsx';
import { ceilingOf, LoadShade, LoadStrip } from './load-strip.tsx';
import { MoveDialog, type AskedMove } from './move-dialog.tsx';
import { OutcomeLegend } from './outcome-legend.tsx';
import { heldText, verdictOn, type HeldRun } from './run-move.ts';
import { useHeldRun } from './use-held-run.ts';
import { useLoad } from './use-load.ts';
import styles from './axis.module.css';

interface ScheduleAxisProps {
  readonly serverId: string;
  readonly seen: SeenSchedule;
  /** In the order in which they are shown. */
  readonly models: readonly ScheduledModelView[];
  readonly span: AxisSpan;
  readonly onSpan: (span: AxisSpan) => void;
  readonly onOpen: (model: ScheduledModelView) => void;
  readonly onOpenRun: (run: RecordedRun) => void;
}

const lanePx = 28;
const lanesPx = 10 * lanePx;
const runsAtMost = 5_000;
const minuteMs = 60_000;

/** What runs when: a lane for each read model, over the ERP's load and the windows in which nothing is refreshed. */
export function ScheduleAxis(props: ScheduleAxisProps): ReactNode {
  const { serverId, seen, models, span, onSpan, onOpen, onOpenRun } = props;
  const palette = usePalette();
  const exactNowMs = useServerNow();
  const nowMs = Math.floor(exactNowMs / minuteMs) * minuteMs;
  const hour = Math.floor(nowMs / (60 * minuteMs));
  const timeZone = useLocalTimeZone();
  const scale = useMemo(() => axisWindow(span, hour * 60 * minuteMs, timeZone), [span, hour, timeZone]);
  const { steps, usual } = useLoad(serverId, scale, nowMs);
  const round = useSchedule((state) => state.round);
  const answer = useAsked(axisRuns, { serverId, fromMs: scale.fromMs, limit: runsAtMost, round });
  const runs = useMemo(() => byModel(answer.value?.runs ?? []), [answer.value]);
  const [asked, setAsked] = useState<AskedMove | null>(null);
  const [refused, setRefused] = useState<string | null>(null);

  const hand = useHeldRun({ scale, nowMs: exactNowMs, onDrop: (held) => drop(held) });
  const modelOf = (name: string) => models.find(({ readModel }) => readModel === name) ?? null;
  const verdictOf = (held: HeldRun) => {
    const model = modelOf(held.readModel);
    return model === null ? null : verdictOn(model, held, seen.windows, exactNowMs, timeZone);
  };
  function drop(held: HeldRun): void {
    const model = modelOf(held.readModel);
    const verdict = verdictOf(held);
    if (model === null || verdict === null) return;
    if (verdict.ok) setAsked({ model, held, schedule: verdict.schedule });
    setRefused(verdict.ok ? null : `${held.readModel} stays where it is: ${verdict.why}`);
  }

  const grab: typeof hand.grab = (...how) => {
    setRefused(null);
    hand.grab(...how);
  };
  const take: typeof hand.take = (...what) => {
    setRefused(null);
    hand.take(...what);
  };

  const scroller = useRef<HTMLDivElement>(null);
  // The rule guards memoization by the React Compiler, which this project does not run.
  // oxlint-disable-next-line react/incompatible-library
  const virtualizer = useVirtualizer({
    count: models.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => lanePx,
    getItemKey: (index) => models[index]?.readModel ?? index,
    overscan: 6,
  });
  const [stop, setStop] = useState<{ readonly readModel: string; readonly index: number } | null>(null);
  const firstWithRuns =
    models.find(({ nextRuns }) => nextRuns.some(({ atMs }) => atMs < scale.toMs))?.readModel ?? null;
  const stopAt = stop !== null && modelOf(stop.readModel) !== null ? stop : { readModel: firstWithRuns, index: 0 };
  const focusRun = (readModel: string, index: number) => {
    const place = models.findIndex((model) => model.readModel === readModel);
    if (place >= 0) virtualizer.scrollToIndex(place);
    requestAnimationFrame(() => {
      const lane = scroller.current?.querySelector(`[data-lane="${CSS.escape(readModel)}"]`);
      const found = [...(lane?.querySelectorAll<HTMLElement>('[data-run]') ?? [])];
      (found[index] ?? found.at(-1))?.focus({ preventScroll: true });
    });
  };

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const { held } = hand;
    const key = event.key;
    const target = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>('[data-run]') : null;
    if (target === null || event.ctrlKey || event.metaKey || event.altKey) return;
    if (held !== null) {
      const steps = event.shiftKey ? 4 : 1;
      if (key === 'ArrowLeft') hand.move(-steps);
      else if (key === 'ArrowRight') hand.move(steps);
      else if (key === 'Enter' || key === ' ') hand.drop();
      else if (key === 'Escape') hand.release();
      else return;
    } else {
      const readModel = target.closest<HTMLElement>('[data-lane]')?.dataset['lane'] ?? '';
      const index = Number(target.dataset['run']);
      const place = models.findIndex((model) => model.readModel === readModel);
      const neighbour = (by: number) => {
        for (let at = place + by; at >= 0 && at < models.length; at += by) {
          const name = models[at];
          if (name?.nextRuns.some(({ atMs }) => atMs >= scale.fromMs && atMs < scale.toMs)) return name.readModel;
        }
        return null;
      };
      const lane = key === 'ArrowUp' ? neighbour(-1) : key === 'ArrowDown' ? neighbour(1) : null;
      if (key === 'Enter' || key === ' ') take(readModel, Number(target.dataset['at']));
      else if (key === 'ArrowLeft') focusRun(readModel, Math.max(0, index - 1));
      else if (key === 'ArrowRight') focusRun(readModel, index + 1);
      else if (lane !== null) focusRun(lane, index);
      else return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  // What is selected and then left is not carried along by keys that mean something else.
  const onBlur = () => {
    if (hand.held !== null) hand.release();
  };

  const held = hand.held;
  const heldVerdict = held === null ? null : verdictOf(held);
  const heldWords = held === null ? '' : heldText(held, usual, timeZone);
  const refusal = heldVerdict?.ok === false && held?.toMs !== held?.fromMs ? heldVerdict.why : null;
  const said = refusal === null ? heldWords : `${heldWords} · ${refusal}`;

  return (
    <Card
      title="What runs when"
      aside={
        <SegmentedControl
          size="xs"
          aria-label="How much time is shown"
          value={span}
          onChange={(value) => onSpan(value === 'week' ? 'week' : 'day')}
          data={[
            { value: 'day', label: '24 hours' },
            { value: 'week', label: '7 days' },
          ]}
        />
      }
    >
      <div className={styles.axis} data-span={span}>
        <div className={styles.corner}>
          <span>active sessions, 0 to {ceilingOf(steps).toFixed(1)}</span>
          <span>{usualWords(usual)}</span>
        </div>
        <LoadStrip steps={steps} scale={scale} />
        <AxisHead scale={scale} span={span} windows={seen.windows} nowMs={nowMs} />
        <div
          ref={scroller}
          className={styles.lanes}
          style={{ maxHeight: lanesPx }}
          onKeyDown={onKeyDown}
          onBlur={onBlur}
        >
          <div className={styles.lanesInner} style={{ height: virtualizer.getTotalSize() }}>
            <div className={styles.behind}>
              <LoadShade steps={steps} scale={scale} />
              <AxisLines scale={scale} span={span} nowMs={nowMs} />
            </div>
            {virtualizer.getVirtualItems().map((item) => {
              const model = models[item.index];
              if (model === undefined) return null;
              const mine = held?.readModel === model.readModel ? held : null;
              return (
                <div
                  key={model.readModel}
                  className={styles.row}
                  style={{ height: lanePx, transform: `translateY(${item.start}px)` }}
                >
                  <button type="button" className={styles.name} onClick={() => onOpen(model)} title={model.readModel}>
                    {model.readModel}
                  </button>
                  <Lane
                    model={model}
                    runs={runs.get(model.readModel) ?? noRuns}
                    windows={seen.windows}
                    scale={scale}
                    nowMs={nowMs}
                    held={
                      mine === null
                        ? null
                        : {
                            ...mine,
                            allowed: heldVerdict?.ok !== false || mine.toMs === mine.fromMs,
                            text: refusal === null ? heldWords : refusal,
                          }
                    }
                    tabStop={stopAt.readModel === model.readModel ? stopAt.index : null}
                    onOpenRun={onOpenRun}
                    onGrab={grab}
                    onFocusRun={(readModel, index) => setStop({ readModel, index })}
                  />
                </div>
              );
            })}
          </div>
        </div>
      </div>
      <div className={styles.legends}>
        <OutcomeLegend />
        <Legend items={timelineLayers.map(({ name, color }) => ({ name, color: color(palette), pattern: 0 }))} />
      </div>
      <p className={styles.help}>
        Drag a planned run to a quieter time; or select it and press Enter, move it with ← and → (Shift: by an hour),
        and press Enter again. Times are of {timeZone}.
        {(answer.value?.runs.length ?? 0) >= runsAtMost &&
          ` Only the latest ${formatCount(runsAtMost)} runs are drawn.`}
      </p>
      <span role="status" className={styles.readOut}>
        {said}
      </span>
      {refused !== null && <Notice tone="warning" title={refused} />}
      <MoveDialog serverId={serverId} asked={asked} usual={usual} onClose={() => setAsked(null)} />
    </Card>
  );
}

const noRuns: readonly RecordedRun[] = [];

function byModel(runs: readonly RecordedRun[]): ReadonlyMap<string, readonly RecordedRun[]> {
  const found = new Map<string, RecordedRun[]>();
  for (const run of runs) {
    const mine = found.get(run.readModel);
    if (mine === undefined) found.set(run.readModel, [run]);
    else mine.push(run);
  }
  return found;
}

function usualWords(usual: ReturnType<typeof useLoad>['usual']): string {
  const days = usual === null ? 0 : usual.days.workdays + usual.days.weekends;
  if (days === 0) return 'no usual day yet';
  return days === 1 ? 'usual: of 1 day' : `usual: of ${days} days`;
}
