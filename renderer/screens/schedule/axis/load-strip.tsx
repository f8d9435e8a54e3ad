import { useMemo, useState, type PointerEvent, type ReactNode } from 'react';
import { formatClock } from '../../../../shared/format/zoned-time.ts';
import { loadLayers, sessionsOf, type LoadLayer, type LoadStep } from '../../../../shared/model/usual-load.ts';
import { localTimeZone } from '../../../app/local-time-zone.ts';
import { HoverText, type HoverPlace } from '../../../charts/hover-text.tsx';
import type { TimeWindow } from '../../../charts/time-window.ts';
import { timeAtPx } from '../../../charts/time-window.ts';
import { timelineLayers } from '../../../charts/timeline-data.ts';
import styles from './axis.module.css';

const heightUnits = 100;

interface LoadProps {
  readonly steps: readonly LoadStep[];
  readonly scale: TimeWindow;
}

const layerClasses: Readonly<Record<LoadLayer, string | undefined>> = {
  oltp: styles.oltp,
  reporting: styles.reporting,
  batch: styles.batch,
  maintenance: styles.maintenance,
  lockWaits: styles.lockWaits,
};

/** Active sessions by class over the axis, stacked: measured up to now, of the usual day from then on. */
export function LoadStrip({ steps, scale }: LoadProps): ReactNode {
  const [hover, setHover] = useState<(HoverPlace & { readonly text: string }) | null>(null);
  const top = useMemo(() => ceilingOf(steps), [steps]);
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const bounds = event.currentTarget.getBoundingClientRect();
    const atMs = timeAtPx(event.clientX - bounds.left, bounds.width, { ...scale, bucketMs: 1 });
    const step = steps.find((one) => one.atMs <= atMs && atMs < one.toMs);
    const text = step === undefined ? null : stepText(step);
    setHover(text === null ? null : { text, clientX: event.clientX, clientY: event.clientY });
  };
  const known = steps.some(({ slot }) => slot !== null);
  return (
    <div
      className={styles.strip}
      role="img"
      aria-label="Active sessions by class: measured until now, as on a usual day from then on"
      onPointerMove={onPointerMove}
      onPointerLeave={() => setHover(null)}
    >
      {known ? (
        <svg viewBox={`0 0 1000 ${heightUnits}`} preserveAspectRatio="none" className={styles.stripPlot} aria-hidden>
          {steps.map((step) => (
            <StackedStep key={step.atMs} step={step} scale={scale} top={top} />
          ))}
        </svg>
      ) : (
        <span className={styles.stripEmpty}>
          Nothing was sampled yet: the load of the ERP shows here as soon as it is.
        </span>
      )}
      {hover !== null && <HoverText {...hover} />}
    </div>
  );
}

function StackedStep({
  step,
  scale,
  top,
}: {
  readonly step: LoadStep;
  readonly scale: TimeWindow;
  readonly top: number;
}) {
  const { slot } = step;
  if (slot === null) return null;
  const wholeMs = scale.toMs - scale.fromMs;
  const x = ((Math.max(step.atMs, scale.fromMs) - scale.fromMs) / wholeMs) * 1000;
  const width = ((Math.min(step.toMs, scale.toMs) - Math.max(step.atMs, scale.fromMs)) / wholeMs) * 1000;
  let below = 0;
  return loadLayers.map((layer) => {
    const height = (slot[layer] / top) * heightUnits;
    below += height;
    if (height < 0.2) return null;
    return (
      <rect
        key={layer}
        x={x}
        width={width}
        y={heightUnits - below}
        height={height}
        className={layerClasses[layer]}
        opacity={step.measured ? 0.88 : 0.45}
      />
    );
  });
}

/** Behind the lanes: the darker, the more sessions are active then. */
export function LoadShade({ steps, scale }: LoadProps): ReactNode {
  const top = useMemo(() => ceilingOf(steps), [steps]);
  const wholeMs = scale.toMs - scale.fromMs;
  return (
    <svg viewBox="0 0 1000 1" preserveAspectRatio="none" className={styles.shade} aria-hidden>
      {steps.map(({ atMs, toMs, slot }) => {
        if (slot === null) return null;
        const x = ((Math.max(atMs, scale.fromMs) - scale.fromMs) / wholeMs) * 1000;
        const width = ((Math.min(toMs, scale.toMs) - Math.max(atMs, scale.fromMs)) / wholeMs) * 1000;
        return <rect key={atMs} x={x} width={width} y={0} height={1} opacity={(sessionsOf(slot) / top) * 0.2} />;
      })}
    </svg>
  );
}

/** The top of the stack, sessions; one session at least, so that a sleeping server does not look busy. */
export const ceilingOf = (steps: readonly LoadStep[]): number =>
  steps.reduce((top, { slot }) => (slot === null ? top : Math.max(top, sessionsOf(slot))), 1);

function stepText({ atMs, toMs, slot, measured }: LoadStep): string {
  const span = `${formatClock(atMs, localTimeZone())} – ${formatClock(toMs, localTimeZone())}`;
  if (slot === null) return `${span}\nno such day was sampled`;
  const lines = timelineLayers.flatMap(({ layer, name }) =>
    slot[layer] >= 0.05 ? [`${name}: ${slot[layer].toFixed(1)} sessions`] : [],
  );
  return [
    `${span} ${measured ? '' : '· as usual'}`.trim(),
    ...(lines.length === 0 ? ['hardly a session'] : lines),
  ].join('\n');
}
