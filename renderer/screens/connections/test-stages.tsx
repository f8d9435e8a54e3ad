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
  skipped: { Icon: IconCircleMinus, word: null, tone: styles.skipped },
} as const;

/** Every stage of the test, in order, with its time and the exact statement that mends it. */
export function TestStages({ stages }: { readonly stages: readonly TestStage[] }) {
  return (
    <ol className={styles.stages}>
      {stages.map((stage, at) => {
        const { Icon, word, tone } = looks[stage.outcome];
        return (
          <li key={`${at} ${stage.stage}`} className={styles.stage}>
            <Icon size={18} aria-hidden className={tone} />
            <div className={styles.stageBody}>
              <div className={styles.stageHead}>
                <strong>{stageTitles[stage.stage]}</strong>
                <span className={tone}>{word ?? stage.text}</span>
                {stage.outcome !== 'skipped' && (
                  <span className={styles.stageTime}>{formatDuration(stage.tookMs)}</span>
                )}
              </div>
              {word !== null && <div className="db-dim">{stage.text}</div>}
              {/* The notice above asks about an SSH server's key, with a button. */}
              {stage.action !== null && stage.stage !== 'ssh_host_key' && <ActionToCopy action={stage.action} />}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
