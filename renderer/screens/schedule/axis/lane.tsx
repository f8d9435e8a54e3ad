import { memo, type PointerEvent, type ReactNode } from 'react';
import { formatClock } from '../../../../shared/format/zoned-time.ts';
import { type ShownWindow, windowsOf } from '../../../../shared/model/open-windows.ts';
import type { RecordedRun, ScheduledModelView } from '../../../../shared/model/schedule-view.ts';
import { localTimeZone } from '../../../app/local-time-zone.ts';
import { momentShort } from '../../../app/moments.ts';
import type { TimeWindow } from '../../../charts/time-window.ts';
import { everyMs, type HeldRun } from './run-move.ts';
import { percentAt, stretchOf } from './axis-scale.ts';
import { outcomeWords, roughly, spoken } from '../words.ts';
import styles from './axis.module.css';

export interface LaneProps {
  readonly model: ScheduledModelView;
  readonly runs: readonly RecordedRun[];
  readonly windows: readonly ShownWindow[];
  readonly scale: TimeWindow;
  /** The server's clock, ms, by the minute. */
  readonly nowMs: number;
  /** Of this lane; null: another one's run is held, or none. */
  readonly held: (HeldRun & { readonly allowed: boolean; readonly text: string }) | null;
  /** The planned run that Tab reaches; null: it lies in another lane. */
  readonly tabStop: number | null;
  readonly onOpenRun: (run: RecordedRun) => void;
  readonly onGrab: (event: PointerEvent<HTMLElement>, model: ScheduledModelView, atMs: number) => void;
  readonly onFocusRun: (readModel: string, index: number) => void;
}

/** One read model on the axis: what ran, what is planned, and the windows that hold it back. */
export const Lane = memo(function Lane(props: LaneProps): ReactNode {
  const { model, runs, windows, scale, nowMs, held } = props;
  return (
    <div className={styles.lane} data-lane={model.readModel}>
      {windowsOf(windows, model.readModel).map((window) => {
        const at = stretchOf(window, scale);
        return (
          at !== null && (
            <span
              key={`${window.calendar} ${window.fromMs}`}
              className={window.noRefresh ? styles.window : styles.noSwap}
              style={at}
              data-window={window.calendar}
            />
          )
        );
      })}
      {runs.map((run) => (
        <PastRun key={run.runId} run={run} scale={scale} nowMs={nowMs} onOpen={props.onOpenRun} />
      ))}
      <Planned {...props} />
      {held !== null && (
        <>
          <span className={styles.ghost} data-allowed={held.allowed} style={{ left: percentAt(held.toMs, scale) }} />
          <span
            className={styles.ghostText}
            data-side={held.toMs > (scale.fromMs + scale.toMs) / 2 ? 'left' : 'right'}
            style={{ left: percentAt(held.toMs, scale) }}
          >
            {held.text}
          </span>
        </>
      )}
    </div>
  );
});

interface PastRunProps {
  readonly run: RecordedRun;
  readonly scale: TimeWindow;
  readonly nowMs: number;
  readonly onOpen: (run: RecordedRun) => void;
}

/** The runs table has all of it for the keyboard and for who cannot see: here each is a mark, with its facts on hover. */
function PastRun({ run, scale, nowMs, onOpen }: PastRunProps): ReactNode {
  const at = stretchOf(
    { fromMs: run.startedAtMs, toMs: run.endedAtMs ?? (run.state === 'running' ? nowMs : run.startedAtMs) },
    scale,
  );
  if (at === null) return null;
  return (
    <span
      className={styles.run}
      data-outcome={run.state}
      style={at}
      title={runTitle(run, nowMs)}
      onClick={() => onOpen(run)}
    />
  );
}

function runTitle(run: RecordedRun, nowMs: number): string {
  const { text } = outcomeWords[run.state];
  const took = run.endedAtMs === null ? '' : ` after ${roughly(run.endedAtMs - run.startedAtMs)}`;
  const why = run.error ?? spoken(run.why?.text ?? '');
  return `${momentShort(run.startedAtMs, nowMs)}: ${text}${took}${why === '' ? '' : `\n${why}`}`;
}

function Planned({ model, scale, nowMs, held, tabStop, onGrab, onFocusRun }: LaneProps): ReactNode {
  const { nextRuns, readModel, usualMs } = model;
  const shown = nextRuns.filter(({ atMs }) => atMs >= scale.fromMs && atMs < scale.toMs);
  const last = shown.at(-1);
  const goesOn = last !== undefined && nextRuns.length >= 10 && shown.length === nextRuns.length;
  const rest = goesOn ? stretchOf({ fromMs: last.atMs + (everyMs(model) ?? 0), toMs: scale.toMs }, scale) : null;
  return (
    <>
      {shown.map(({ atMs, window }, index) => {
        const at = stretchOf({ fromMs: atMs, toMs: atMs + (usualMs ?? 0) }, scale);
        const late = window === null ? '' : `, held back by ${window.calendar} until then`;
        return (
          <button
            // By place: the moment of one that waits moves with the clock, and would take the focus along.
            key={index}
            type="button"
            className={styles.planned}
            style={at ?? { left: percentAt(atMs, scale) }}
            data-run={index}
            data-at={atMs}
            data-held={held?.fromMs === atMs}
            tabIndex={tabStop === index ? 0 : -1}
            aria-pressed={held?.fromMs === atMs}
            aria-label={`Planned refresh of ${readModel} at ${momentShort(atMs, nowMs)}${late}`}
            title={`${momentShort(atMs, nowMs)}: planned${late}${usualMs === null ? '' : `, usually takes ${roughly(usualMs)}`}`}
            onPointerDown={(event) => onGrab(event, model, atMs)}
            onFocus={() => onFocusRun(readModel, index)}
          />
        );
      })}
      {rest !== null && (
        <span
          className={styles.goesOn}
          style={rest}
          title={`and so on, by ${formatClock(scale.toMs, localTimeZone())} and later`}
        />
      )}
    </>
  );
}
