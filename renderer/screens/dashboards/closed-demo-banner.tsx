import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { DemoStatus } from '../../../shared/model/demo.ts';
import { Notice } from '../../app/notice.tsx';
import { navigate } from '../../app/router.ts';
import styles from './dashboards.module.css';

interface ClosedDemoBannerProps {
  readonly demo: DemoStatus;
  /** Where its size is chosen is a screen that executive mode does not have. */
  readonly executive: boolean;
}

/** In the place of the offline banner: nothing listens where the demo was, and no connecting helps. */
export function ClosedDemoBanner({ demo, executive }: ClosedDemoBannerProps): ReactNode {
  return (
    <Notice
      tone="warning"
      title={titles[demo.state] ?? 'The demo ERP is closed.'}
      buttons={
        !executive &&
        !isMoving(demo) && (
          <Button size="compact-sm" onClick={() => navigate('/connections')}>
            Open it …
          </Button>
        )
      }
    >
      <p className={styles.bannerText}>
        Showing saved numbers. Every widget says how old it is.
        {demo.problem !== null && <span className={styles.bannerReason}>{demo.problem}</span>}
        {isMoving(demo) && demo.progress !== null && <span className={styles.bannerReason}>{demo.progress.text}</span>}
      </p>
    </Notice>
  );
}

const titles: Readonly<Partial<Record<DemoStatus['state'], string>>> = {
  opening: 'The demo ERP is opening.',
  closing: 'The demo ERP is closing.',
};

const isMoving = ({ state }: DemoStatus): boolean => state === 'opening' || state === 'closing';
