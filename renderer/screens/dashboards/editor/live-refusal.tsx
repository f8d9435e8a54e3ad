import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatCount } from '../../../../shared/format/count.ts';
import { formatDuration } from '../../../../shared/format/duration.ts';
import { liveCheckSchema, type LiveCheck } from '../../../../shared/model/live-check.ts';
import { Notice } from '../../../app/notice.tsx';
import type { Problem } from '../../../stores/failure-error.ts';
import styles from './editor.module.css';

/** The check behind a refusal; null: it was refused for another reason. */
export function liveCheckOf(problem: Problem | null): LiveCheck | null {
  const parsed = liveCheckSchema.safeParse(problem?.detail?.['liveCheck']);
  return parsed.success ? parsed.data : null;
}

interface LiveRefusalProps {
  readonly check: LiveCheck;
  readonly onPropose: () => void;
  readonly onMinutes: () => void;
}

/** Why a query may not be live, step by step, and what to do instead. */
export function LiveRefusal({ check, onPropose, onMinutes }: LiveRefusalProps): ReactNode {
  return (
    <Notice
      tone="warning"
      title="Not cheap enough to be live"
      buttons={
        <>
          <Button size="compact-sm" onClick={onMinutes}>
            Give it minutes
          </Button>
          <Button size="compact-sm" variant="filled" onClick={onPropose}>
            Propose a read model
          </Button>
        </>
      }
    >
      {check.steps.length === 0 ? (
        <p className={styles.refusalText}>
          It was stopped after {formatDuration(check.limitMs)}, twice: everybody who has the dashboard open would ask
          that of the ERP all day.
        </p>
      ) : (
        <ul className={styles.steps}>
          {check.steps.map((step) => (
            <li key={`${step.step} ${step.table}`}>
              <strong>
                {step.step}
                {step.table !== null && ` on ${step.table}`}
              </strong>
              : about {formatCount(step.rows)} rows, cost {formatCount(step.cost)}; {step.reason}.
            </li>
          ))}
        </ul>
      )}
    </Notice>
  );
}
