import { Fragment, type ReactNode } from 'react';
import type { ShownWindow } from '../../../../shared/model/open-windows.ts';
import { forbidsText } from '../../../../shared/format/schedule-text.ts';
import { localTimeZone } from '../../../app/local-time-zone.ts';
import { momentShort } from '../../../app/moments.ts';
import { tickLabel } from '../../../charts/timeline-option.ts';
import type { TimeWindow } from '../../../charts/time-window.ts';
import { percentAt, shareOf, stretchOf, ticksOf, type AxisSpan } from './axis-scale.ts';
import styles from './axis.module.css';

interface AxisProps {
  readonly scale: TimeWindow;
  readonly span: AxisSpan;
  readonly nowMs: number;
}

/** An hour that is this close to now, as a part of the axis, would lie under its label. */
const besideNowShare = 0.035;

const labelHours: Readonly<Record<AxisSpan, number>> = { day: 2, week: 12 };

/** The clock above the lanes, with the names of the windows that lie in them. */
export function AxisHead({
  scale,
  span,
  windows,
  nowMs,
}: AxisProps & { readonly windows: readonly ShownWindow[] }): ReactNode {
  const nowShare = shareOf(nowMs, scale);
  const ticks = ticksOf(scale, labelHours[span], localTimeZone()).filter(
    (atMs) => Math.abs(shareOf(atMs, scale) - nowShare) > besideNowShare,
  );
  const shown = windows.flatMap((window) => {
    const at = stretchOf(window, scale);
    return at === null ? [] : [{ window, at }];
  });
  return (
    <>
      <div className={styles.corner} />
      <div className={styles.clock} aria-hidden>
        {ticks.map((atMs) => (
          <span key={atMs} className={styles.tick} style={{ left: percentAt(atMs, scale) }}>
            {tickLabel(atMs, 24 * 3_600_000, localTimeZone())}
          </span>
        ))}
        <span className={styles.nowText} style={{ left: percentAt(nowMs, scale) }}>
          now
        </span>
      </div>
      {[...Map.groupBy(shown, ({ window }) => window.calendar)].map(([calendar, openings]) => (
        <Fragment key={calendar}>
          <div className={styles.corner}>
            <span className={styles.calendarName} title={calendar}>
              {calendar}
            </span>
          </div>
          <ul className={styles.windows} aria-label={`Windows of ${calendar}`}>
            {openings.map(({ window, at }) => (
              <li
                key={window.fromMs}
                className={window.noRefresh ? styles.window : styles.noSwap}
                style={at}
                title={windowTitle(window, nowMs)}
                aria-label={windowTitle(window, nowMs)}
              />
            ))}
          </ul>
        </Fragment>
      ))}
    </>
  );
}

/** "Payroll: no swap, 09:00 – 10:30" */
const windowTitle = (window: ShownWindow, nowMs: number): string =>
  `${window.calendar}: ${forbidsText(window)}, ${momentShort(window.fromMs, nowMs)} – ${momentShort(window.toMs, nowMs)}`;

/** The hours and now, through all lanes. */
export function AxisLines({ scale, span, nowMs }: AxisProps): ReactNode {
  return (
    <>
      {ticksOf(scale, labelHours[span], localTimeZone()).map((atMs) => (
        <i key={atMs} className={styles.line} style={{ left: percentAt(atMs, scale) }} />
      ))}
      <i className={styles.now} style={{ left: percentAt(nowMs, scale) }} />
    </>
  );
}
