import { Button, Select } from '@mantine/core';
import { useState } from 'react';
import type { ReadModel, RefreshMode } from '../../../shared/model/read-model.ts';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { Card } from '../../app/page.tsx';
import { modeWords } from '../../i18n/words.ts';
import { type Problem, problemOf } from '../../stores/failure-error.ts';
import { type ReadModelDetail, refreshNow, setRefreshMode } from '../../stores/read-models.ts';
import { currentVersion } from './model-facts.ts';
import styles from './read-models.module.css';
import { ScheduleFact } from './schedule-fact.tsx';
import { periodText } from './words.ts';

interface RefreshCardProps {
  readonly serverId: string;
  readonly model: ReadModel;
  readonly next: ReadModelDetail['nextRefresh'];
  readonly busy: boolean;
}

const chosenByDaybreak = 'advised';

/** How new numbers come to the readers: what Daybreak would do and why, and the person's word against it. */
export function RefreshCard({ serverId, model, next, busy }: RefreshCardProps) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [saving, setSaving] = useState(false);
  const period = currentVersion(model)?.period ?? null;
  const modes: readonly RefreshMode[] =
    period === null ? ['concurrent', 'side_by_side', 'full'] : ['by_period', 'side_by_side'];
  const offered = model.refreshMode === null ? modes : [...new Set([...modes, model.refreshMode])];
  const choose = async (value: string | null) => {
    setSaving(true);
    setProblem(null);
    try {
      await setRefreshMode(serverId, model.name, offered.find((mode) => mode === value) ?? null);
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setSaving(false);
    }
  };
  return (
    <Card title="How it is refreshed">
      <dl className={styles.facts}>
        <dt>period</dt>
        <dd>{period === null ? 'none: every refresh recomputes all of it' : periodText(period)}</dd>
        <dt>schedule</dt>
        <dd>
          <ScheduleFact serverId={serverId} name={model.name} />
        </dd>
        <dt>next refresh</dt>
        <dd>
          {model.suspended !== null ? (
            'none, until it is resumed'
          ) : next == null ? (
            'cannot be told: a copy or the view is gone'
          ) : (
            <>
              {modeWords[next.mode]}
              <div className="db-dim">{next.reason}</div>
            </>
          )}
        </dd>
        <dt>chosen by</dt>
        <dd>
          <Select
            aria-label="How it is refreshed from now on"
            data={[
              { value: chosenByDaybreak, label: 'Daybreak, for each refresh' },
              ...offered.map((mode) => ({ value: mode, label: `you: always ${modeWords[mode]}` })),
            ]}
            value={model.refreshMode ?? chosenByDaybreak}
            onChange={(value) => void choose(value)}
            disabled={saving}
            allowDeselect={false}
          />
        </dd>
      </dl>
      {period !== null && (
        <>
          <Button size="compact-sm" mt={8} disabled={busy} onClick={() => void refreshNow(serverId, model.name, 'all')}>
            Verify all periods now
          </Button>
          <div className="db-dim">
            Finds and mends what changed in closed periods, and rows that somebody wrote into the copy by hand: by
            itself Daybreak notices those only in a copy of up to 8 MB.
          </div>
        </>
      )}
      {problem !== null && <FailureNotice problem={problem} />}
    </Card>
  );
}
