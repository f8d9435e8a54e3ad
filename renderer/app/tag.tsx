import type { ReactNode } from 'react';
import type { Environment, ServerSummary } from '../../shared/model/connection.ts';
import { environmentWords } from '../i18n/words.ts';
import styles from './tag.module.css';

export type Tone = 'neutral' | 'good' | 'warning' | 'bad' | 'accent';

interface TagProps {
  readonly children: ReactNode;
  readonly tone?: Tone;
  readonly title?: string;
}

/** A small outlined fact. Its text says all; the colour only repeats it. */
export function Tag({ children, tone = 'neutral', title }: TagProps) {
  const toneClass = tone === 'neutral' ? '' : (styles[tone] ?? '');
  return (
    <span className={`${styles.tag} ${toneClass}`} title={title}>
      {children}
    </span>
  );
}

/** Which kind of server this is. Production is filled, everything else only outlined. */
export function EnvironmentTag({ environment }: { readonly environment: Environment }) {
  const look = environment === 'production' ? styles.solid : styles.square;
  return <span className={`${styles.tag} ${look}`}>{environmentWords[environment]}</span>;
}

/** Somebody's morning out of a file, which must never be taken for a server of one's own. */
export function CaptureTag({ isPack = false }: { readonly isPack?: boolean }) {
  return <span className={`${styles.tag} ${styles.square} ${styles.accent}`}>{isPack ? 'Pack' : 'Capture'}</span>;
}

/** What a server is, where its name stands. */
export function ServerTag({ server }: { readonly server: Pick<ServerSummary, 'capture' | 'settings'> }) {
  if (server.capture === null) return <EnvironmentTag environment={server.settings.environment} />;
  return <CaptureTag isPack={server.capture.contents === 'dashboards'} />;
}
