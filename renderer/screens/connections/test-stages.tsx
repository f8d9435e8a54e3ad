import { IconAlertTriangle, IconCircleCheck, IconCircleMinus, IconCircleX } from '@tabler/icons-react';
import { formatDuration } from '../../../shared/format/duration.ts';
import type { TestStage } from '../../../shared/model/connection.ts';
import { ActionToCopy } from '../../app/failure-notice.tsx';
import styles from './connections.module.css';
import { stageTitles } from './stages.ts';

const looks = {
  passed: { Icon: IconCircleCheck, word: 'passed', tone: styles.passed },
  warning: { Icon: IconAlertTriangle, word: 'warning', tone: styles.warned },
  failed: { Icon: IconCircleX, word: 'failed', tone: styles.failed },
  skipped: { Icon: IconCircleMinus, word: 'skipped', tone: styles.skipped },
} as const;

/** Every stage of the test, in order, with its time and the exact statement that mends it. */
export function TestStages({ stages }: { readonly stages: readonly TestStage[] }) {
  return (
    <ol className={styles.stages}>
      {stages.map((stage) => {
        const { Icon, word, tone } = looks[stage.outcome];
        return (
          <li key={stage.stage} className={styles.stage}>
            <Icon size={18} aria-hidden className={tone} />
            <div className={styles.stageBody}>
              <div className={styles.stageHead}>
                <strong>{stageTitles[stage.stage]}</strong>
                <span className={tone}>{word}</span>
                {stage.outcome !== 'skipped' && (
                  <span className={styles.stageTime}>{formatDuration(stage.tookMs)}</span>
                )}
              </div>
              <div className="db-dim">{stage.text}</div>
              {stage.action !== null && <ActionToCopy action={stage.action} />}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
