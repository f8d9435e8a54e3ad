import { type ReactNode, useEffect } from 'react';
import styles from './page.module.css';

interface PageProps {
  readonly title: string;
  /** Facts beside the title, as `Tag`s or a `FreshnessLabel`. */
  readonly tags?: ReactNode;
  /** Buttons at the right; the primary one last. */
  readonly actions?: ReactNode;
  /** One sentence below the title. */
  readonly lede?: ReactNode;
  readonly children: ReactNode;
}

/** The frame of every screen: heading, facts, actions, content. */
export function Page({ title, tags, actions, lede, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Daybreak`;
  }, [title]);
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1 className={styles.title}>{title}</h1>
        {tags !== undefined && <div className={styles.tags}>{tags}</div>}
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </header>
      {lede !== undefined && <p className={styles.lede}>{lede}</p>}
      {children}
    </div>
  );
}

interface CardProps {
  readonly title?: string;
  /** Right of the title, e.g. a `FreshnessLabel` or a note. */
  readonly aside?: ReactNode;
  readonly tags?: ReactNode;
  /** Takes the room that is left on the page. */
  readonly fill?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A quiet surface with an optional heading. With a title it is a landmark of that name. */
export function Card({ title, aside, tags, fill = false, className = '', children }: CardProps) {
  return (
    <section aria-label={title} className={`${styles.card} ${fill ? styles.fill : ''} ${className}`}>
      {(title !== undefined || aside !== undefined) && (
        <div className={styles.cardHead}>
          {title !== undefined && <h2 className={styles.cardTitle}>{title}</h2>}
          {tags}
          {aside !== undefined && <div className={styles.cardAside}>{aside}</div>}
        </div>
      )}
      {children}
    </section>
  );
}
