import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import styles from './notice.module.css';

interface NoticeProps {
  readonly tone?: 'neutral' | 'warning' | 'bad';
  readonly title: string;
  readonly children?: ReactNode;
  readonly buttons?: ReactNode;
}

/** A calm box that says one thing. Only `bad` interrupts a screen reader. */
export function Notice({ tone = 'neutral', title, children, buttons }: NoticeProps) {
  const Icon = tone === 'neutral' ? IconInfoCircle : IconAlertTriangle;
  const toneClass = tone === 'neutral' ? '' : (styles[tone] ?? '');
  return (
    <div role={tone === 'bad' ? 'alert' : 'status'} className={`${styles.notice} ${toneClass}`}>
      <Icon size={18} aria-hidden className={styles.icon} />
      <div className={styles.body}>
        <div className={styles.title}>{title}</div>
        {children}
      </div>
      {buttons !== undefined && <div className={styles.buttons}>{buttons}</div>}
    </div>
  );
}
