import type { ReactNode } from 'react';
import styles from './charts.module.css';

export interface HoverPlace {
  readonly clientX: number;
  readonly clientY: number;
}

const apartPx = 14;

/**
 * What the mouse is over, beside it. A text node of React: names and SQL come from the server and must never become
 * markup (ECharts' own tooltip is HTML, or cut off by its canvas when it is not).
 */
export function HoverText({ text, clientX, clientY }: HoverPlace & { readonly text: string }): ReactNode {
  const { innerWidth, innerHeight } = window;
  const side = clientX > innerWidth * 0.6 ? { right: innerWidth - clientX + apartPx } : { left: clientX + apartPx };
  const edge = clientY > innerHeight * 0.6 ? { bottom: innerHeight - clientY + apartPx } : { top: clientY + apartPx };
  return (
    <div className={styles.hoverText} style={{ ...side, ...edge }} aria-hidden>
      {text}
    </div>
  );
}
