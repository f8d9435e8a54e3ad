import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { formatClock, formatClockSeconds } from '../../shared/format/zoned-time.ts';
import { HoverText, type HoverPlace } from './hover-text.tsx';
import {
  bucketsOfKey,
  moved,
  shareAtTime,
  timeAtPx,
  windowBetween,
  type TimeScale,
  type TimeWindow,
  type WindowPart,
} from './time-window.ts';
import styles from './charts.module.css';

interface Insets {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A step on the time axis: `factor` times as long around a moment, or moved by a share of its length. */
export interface ZoomStep {
  readonly factor?: number;
  readonly aroundMs?: number;
  readonly shiftShare?: number;
}

interface TimeBrushProps {
  readonly scale: TimeScale;
  /** Where the plot lies inside the parent, px. */
  readonly insets: Insets;
  readonly selection: TimeWindow | null;
  readonly suggestion: TimeWindow | null;
  readonly onSelect: (window: TimeWindow | null) => void;
  readonly timeZone: string;
  /** Read out for the group; default: the window to diagnose. */
  readonly label?: string;
  /** Zooming with Ctrl and the wheel, `+` and `-`; moving with Shift and the wheel, `[` and `]`. Left out: neither. */
  readonly onZoom?: (step: ZoomStep) => void;
  /** What hovering over a moment says; null: nothing. Shown as text, never as markup. */
  readonly describe: (atMs: number) => string | null;
  /** The chart below. */
  readonly children: ReactNode;
}

/** A window moved by keys is taken after this pause, so that ten presses ask for one diagnosis. */
const settleMs = 600;
/** A press that moves less is a click, which must not replace a window by its narrowest. */
const dragPx = 4;

const partNames: Readonly<Record<WindowPart, string>> = {
  from: 'Start of the window',
  both: 'Window',
  to: 'End of the window',
};

/** A narrow window at an end of the axis has its label grow inwards. */
function nearEnd(window: TimeWindow, scale: TimeScale): 'start' | 'end' | undefined {
  if (shareAtTime(window.toMs, scale) < 0.12) return 'start';
  return shareAtTime(window.fromMs, scale) > 0.88 ? 'end' : undefined;
}

const zoomSteps: Readonly<Record<string, ZoomStep>> = {
  '+': { factor: 0.5 },
  '-': { factor: 2 },
  '[': { shiftShare: -0.5 },
  ']': { shiftShare: 0.5 },
};

type Drag = { readonly kind: 'draw' | WindowPart; readonly startPx: number; readonly before: TimeWindow | null };

/**
 * Chooses a window on a time axis. Mouse: drag over the plot, drag an edge or the window itself. Keyboard: Enter
 * starts with the suggested window; the two edges and the window are sliders (arrows; Shift for ten; Escape clears).
 */
export function TimeBrush(props: TimeBrushProps): ReactNode {
  const { scale, insets, selection, suggestion, onSelect, timeZone } = props;
  const root = useRef<HTMLDivElement>(null);
  const plot = useRef<HTMLDivElement>(null);
  const [draft, setDraft] = useState<TimeWindow | null>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  const [hover, setHover] = useState<(HoverPlace & { readonly atMs: number }) | null>(null);
  const settling = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(settling.current), []);
  const wheel = useRef<(event: WheelEvent) => void>(undefined);
  useEffect(() => {
    // React listens to the wheel passively: the page would zoom along.
    const onWheel = (event: WheelEvent) => wheel.current?.(event);
    const box = root.current;
    box?.addEventListener('wheel', onWheel, { passive: false });
    return () => box?.removeEventListener('wheel', onWheel);
  }, []);

  const shown = draft ?? selection;
  const clock = (atMs: number) =>
    scale.bucketMs < 60_000 ? formatClockSeconds(atMs, timeZone) : formatClock(atMs, timeZone);

  const pxOf = (event: { readonly clientX: number }) =>
    event.clientX - (plot.current?.getBoundingClientRect().left ?? 0);
  const timeAt = (px: number) => timeAtPx(px, plot.current?.clientWidth ?? 0, scale);

  useEffect(() => {
    wheel.current = (event) => {
      if (props.onZoom === undefined || (!event.ctrlKey && !event.shiftKey)) return;
      event.preventDefault();
      const by = Math.sign(event.deltaY || event.deltaX);
      if (event.shiftKey) props.onZoom({ shiftShare: by * 0.15 });
      else props.onZoom({ factor: by > 0 ? 1.35 : 1 / 1.35, aroundMs: timeAt(pxOf(event)) });
    };
  });

  const begin = (event: PointerEvent<HTMLDivElement>, kind: Drag['kind']) => {
    if (event.button !== 0) return;
    event.stopPropagation();
    root.current?.setPointerCapture(event.pointerId);
    setDrag({ kind, startPx: pxOf(event), before: shown });
  };

  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const px = pxOf(event);
    const inside = px >= 0 && px <= (plot.current?.clientWidth ?? 0);
    const { clientX, clientY } = event;
    setHover(inside && drag === null ? { atMs: timeAt(px), clientX, clientY } : null);
    if (drag === null) return;
    if (draft === null && Math.abs(px - drag.startPx) < dragPx) return;
    if (drag.kind === 'draw' || drag.before === null) {
      setDraft(windowBetween(timeAt(drag.startPx), timeAt(px), scale));
    } else {
      const buckets = Math.round((timeAt(px) - timeAt(drag.startPx)) / scale.bucketMs);
      setDraft(moved(drag.before, drag.kind, buckets, scale));
    }
  };

  const finish = (keep: boolean) => {
    if (keep && draft !== null) onSelect(draft);
    setDraft(null);
    setDrag(null);
  };

  const take = (window: TimeWindow) => {
    setDraft(window);
    clearTimeout(settling.current);
    settling.current = setTimeout(() => {
      setDraft(null);
      onSelect(window);
    }, settleMs);
  };

  const clear = () => {
    clearTimeout(settling.current);
    setDraft(null);
    onSelect(null);
    plot.current?.focus();
  };

  const onPartKey = (event: KeyboardEvent, part: WindowPart) => {
    if (shown === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const buckets = bucketsOfKey(event.key, event.shiftKey);
    if (buckets !== null) take(moved(shown, part, buckets, scale));
    else if (event.key === 'Escape') clear();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const onPlotKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = zoomSteps[event.key];
    if (step !== undefined && props.onZoom !== undefined) {
      event.preventDefault();
      props.onZoom(step);
    }
    if (event.target !== event.currentTarget || (event.key !== 'Enter' && event.key !== ' ')) return;
    event.preventDefault();
    const middleMs = (scale.fromMs + scale.toMs) / 2;
    const quarterMs = (scale.toMs - scale.fromMs) / 8;
    take(suggestion ?? shown ?? windowBetween(middleMs - quarterMs, middleMs + quarterMs, scale));
  };

  const said = hover === null ? null : props.describe(hover.atMs);
  const percent = (atMs: number) => `${shareAtTime(atMs, scale) * 100}%`;
  const slider = (part: WindowPart, window: TimeWindow, atMs: number) => ({
    role: 'slider',
    tabIndex: 0,
    'aria-label': partNames[part],
    'aria-valuemin': Math.round(scale.fromMs / 1000),
    'aria-valuemax': Math.round(scale.toMs / 1000),
    'aria-valuenow': Math.round(atMs / 1000),
    'aria-valuetext': part === 'both' ? `${clock(window.fromMs)} to ${clock(window.toMs)}` : clock(atMs),
    onKeyDown: (event: KeyboardEvent) => onPartKey(event, part),
    onPointerDown: (event: PointerEvent<HTMLDivElement>) => begin(event, part),
  });

  return (
    <div
      ref={root}
      className={styles.brush}
      onPointerDown={(event) => begin(event, 'draw')}
      onPointerMove={onPointerMove}
      onPointerUp={() => finish(true)}
      onPointerCancel={() => finish(false)}
      onPointerLeave={() => setHover(null)}
    >
      {props.children}
      <div
        ref={plot}
        className={styles.brushPlot}
        style={insets}
        role="group"
        tabIndex={0}
        aria-label={`${props.label ?? 'Window to diagnose'}: drag over the chart, or press Enter and use the arrow keys`}
        onKeyDown={onPlotKey}
      >
        {suggestion !== null && shown === null && (
          <div
            className={styles.suggestion}
            style={{ left: percent(suggestion.fromMs), right: `calc(100% - ${percent(suggestion.toMs)})` }}
          >
            <span>worst stretch</span>
          </div>
        )}
        {shown !== null && shown.toMs > scale.fromMs && shown.fromMs < scale.toMs && (
          <div
            className={styles.window}
            style={{ left: percent(shown.fromMs), right: `calc(100% - ${percent(shown.toMs)})` }}
          >
            <div
              className={styles.windowTab}
              data-near={nearEnd(shown, scale)}
              {...slider('both', shown, shown.fromMs)}
            >
              <span>
                {clock(shown.fromMs)} – {clock(shown.toMs)}
              </span>
            </div>
            <div className={styles.edgeFrom} {...slider('from', shown, shown.fromMs)} />
            <div className={styles.edgeTo} {...slider('to', shown, shown.toMs)} />
          </div>
        )}
        {said !== null && hover !== null && <div className={styles.hoverLine} style={{ left: percent(hover.atMs) }} />}
      </div>
      {said !== null && hover !== null && <HoverText text={said} {...hover} />}
    </div>
  );
}
