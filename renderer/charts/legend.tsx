import { useId, type ReactNode } from 'react';
import { usePalette } from './palette.ts';
import { patternOf, type Pattern } from './pattern.ts';
import styles from './charts.module.css';

export interface LegendItem {
  readonly name: string;
  readonly color: string;
  /** The series' place in the stack, which decides its pattern; null for a line. */
  readonly pattern: number | null;
  /** SVG dash array of a line; left out: solid. */
  readonly dash?: string;
  /** Of a shading, 0..1; left out: as solid as the series. */
  readonly opacity?: number;
}

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
