import { Button, Group, Modal, Stack } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { Schedule } from '../../../../shared/model/schedule.ts';
import type { ScheduledModelView } from '../../../../shared/model/schedule-view.ts';
import type { UsualLoad } from '../../../../shared/model/usual-load.ts';
import { scheduleText } from '../../../../shared/format/schedule-text.ts';
import { FailureNotice } from '../../../app/failure-notice.tsx';
import { localTimeZone } from '../../../app/local-time-zone.ts';
import { useAction } from '../../../app/use-action.ts';
import { setSchedule } from '../../../stores/schedule.ts';
import { SchedulePreview } from '../editor/schedule-preview.tsx';
import { heldText, type HeldRun } from './run-move.ts';
import { scheduleWords } from '../words.ts';
import styles from '../schedule.module.css';

/** A run that was let go over another time. */
export interface AskedMove {
  readonly model: ScheduledModelView;
  readonly held: HeldRun;
  readonly schedule: Extract<Schedule, { kind: 'cron' }>;
}

interface MoveDialogProps {
  readonly serverId: string;
  readonly asked: AskedMove | null;
  readonly usual: UsualLoad | null;
  readonly onClose: () => void;
}

/** What moving a run means for everybody who reads the model, before it is done. */
export function MoveDialog({ serverId, asked, usual, onClose }: MoveDialogProps): ReactNode {
  return (
    <Modal
      opened={asked !== null}
      onClose={onClose}
      size="lg"
      title={asked === null ? '' : `Move the refresh of ${asked.model.readModel}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {asked !== null && <Move serverId={serverId} asked={asked} usual={usual} onClose={onClose} />}
    </Modal>
  );
}

function Move({ serverId, asked, usual, onClose }: MoveDialogProps & { readonly asked: AskedMove }): ReactNode {
  const { model, held, schedule } = asked;
  const { busy, problem, run } = useAction();
  const [possible, setPossible] = useState(false);
  const apply = () =>
    void run('apply', async () => {
      await setSchedule(serverId, model, schedule, `${model.readModel} is refreshed ${scheduleText(schedule)}.`);
      onClose();
    });
  return (
    <Stack gap="sm">
      <dl className={styles.facts}>
        <dt>when</dt>
        <dd>{heldText(held, usual, localTimeZone())}</dd>
        <dt>until now</dt>
        <dd>{scheduleWords(model)}</dd>
        <dt>from now on</dt>
        <dd>
          <strong>{scheduleText(schedule)}</strong>
          <div className="db-mono db-dim">{schedule.expression}</div>
        </dd>
      </dl>
      <SchedulePreview serverId={serverId} model={model} schedule={schedule} onPossible={setPossible} />
      {problem !== null && <FailureNotice problem={problem} />}
      <Group justify="flex-end">
        <Button onClick={onClose}>Leave it</Button>
        <Button variant="filled" loading={busy !== null} disabled={!possible} onClick={apply} data-autofocus>
          Apply
        </Button>
      </Group>
    </Stack>
  );
}
