import type { ReactNode } from 'react';
import type { Capture } from '../../../shared/model/history-usage.ts';
import { momentExact } from '../../app/moments.ts';
import { Notice } from '../../app/notice.tsx';
import styles from './dashboards.module.css';

/** These dashboards came out of a file: there is no database behind them, and nothing of them changes. */
export function PackBanner({ pack }: { readonly pack: Capture }): ReactNode {
  return (
    <Notice title="Dashboards out of a file.">
      <p className={styles.bannerText} title={pack.file}>
        Taken from {pack.label} on {momentExact(pack.takenAtMs)}. Every widget says how old its number is; earlier ones
        can be stepped through, and nothing is read from a database.
      </p>
    </Notice>
  );
}
