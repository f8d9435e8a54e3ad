import type { ReactNode } from 'react';
import { emphasized } from './emphasis.ts';
import styles from './mornings.module.css';

/** A sentence for a meeting, its figures standing out. */
export function Sentence({ text }: { readonly text: string }): ReactNode {
  return (
    <p className={styles.sentence}>
      {emphasized(text).map((piece, index) =>
        piece.strong ? <strong key={index}>{piece.text}</strong> : <span key={index}>{piece.text}</span>,
      )}
    </p>
  );
}
