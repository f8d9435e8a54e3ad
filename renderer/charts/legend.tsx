import { useId, type ReactNode } from 'react';
import type { LegendItem } from '../../shared/charts/legend-items.ts';
import { patternOf, type Pattern } from '../../shared/charts/pattern.ts';
import { usePalette } from './palette.ts';
import styles from './charts.module.css';

/** Names of the series with colour and pattern, as HTML: it wraps, zooms and is read out. */
export function Legend({ items }: { readonly items: readonly LegendItem[] }): ReactNode {
  const { scheme } = usePalette();
  return (
    <ul className={styles.legend}>
      {items.map((item) => (
        <li key={item.name}>
          {item.pattern === null ? (
            <svg width="20" height="10" aria-hidden>
              <line x1="0" y1="5" x2="20" y2="5" stroke={item.color} strokeWidth="2" strokeDasharray={item.dash} />
            </svg>
          ) : (
            <Swatch color={item.color} pattern={patternOf(item.pattern, scheme)} opacity={item.opacity ?? 1} />
          )}
          {item.name}
        </li>
      ))}
    </ul>
  );
}

interface SwatchProps {
  readonly color: string;
  readonly pattern: Pattern;
  readonly opacity: number;
}

function Swatch({ color, pattern, opacity }: SwatchProps): ReactNode {
  const id = useId();
  const lines = pattern.symbol === 'rect';
  return (
    <svg width="11" height="11" aria-hidden>
      <defs>
        <pattern
          id={id}
          width="4"
          height="4"
          patternUnits="userSpaceOnUse"
          patternTransform={`rotate(${(pattern.rotation * 180) / Math.PI})`}
        >
          {lines && <rect width="4" height="1.4" fill={pattern.color} />}
          {!lines && pattern.symbol !== 'none' && <circle cx="2" cy="2" r="1" fill={pattern.color} />}
        </pattern>
      </defs>
      <rect width="11" height="11" rx="2" fill={color} fillOpacity={opacity} stroke={opacity < 1 ? color : 'none'} />
      <rect width="11" height="11" rx="2" fill={`url(#${id})`} />
    </svg>
  );
}
