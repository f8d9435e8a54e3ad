import { Button, Drawer, Group, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ScheduledModelView } from '../../../shared/model/schedule-view.ts';
import { budgetText } from '../../app/budget-text.ts';
import { momentExact } from '../../app/moments.ts';
import { href, setParams } from '../../app/router.ts';
import type { SeenSchedule } from '../../stores/schedule.ts';
import { ScheduleForm } from './editor/schedule-form.tsx';
import { StandingCell } from './model-table.tsx';
import type { ModelActions } from './use-model-actions.ts';
import { useServerNow } from './use-server-now.ts';
import { ageText, consumerText, roughly } from './words.ts';
import styles from './schedule.module.css';

interface ModelDrawerProps {
  readonly serverId: string;
  readonly seen: SeenSchedule;
  /** Null: closed. */
  readonly model: ScheduledModelView | null;
  readonly question: string | null;
  readonly actions: ModelActions;
  readonly onClose: () => void;
}

/** One read model's schedule: how it stands, and the form that changes it. */
export function ModelDrawer({ model, onClose, ...more }: ModelDrawerProps): ReactNode {
  return (
    <Drawer
      opened={model !== null}
      onClose={onClose}
      position="right"
      size="lg"
      title={`Schedule of ${model?.readModel ?? ''}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {model !== null && <Shown key={model.readModel} model={model} {...more} />}
    </Drawer>
  );
}

function Shown({
  serverId,
  seen,
  model,
  question,
  actions,
}: Omit<ModelDrawerProps, 'onClose' | 'model'> & { readonly model: ScheduledModelView }): ReactNode {
  const nowMs = useServerNow();
  const { readModel, asOfMs, usualMs, lease, running, consumer } = model;
  return (
    <Stack gap="md">
      {question !== null && <span className="db-dim">{question}</span>}
      <dl className={styles.facts}>
        <dt>state</dt>
        <dd>
          <StandingCell model={model} nowMs={nowMs} />
        </dd>
        <dt>age</dt>
        <dd title={asOfMs === null ? undefined : momentExact(asOfMs)}>{ageText(model, nowMs)}</dd>
        <dt>tightest budget</dt>
        <dd>
          {budgetText(model.budget)}
          {consumer === null ? '' : `, of ${consumerText(consumer)}`}
        </dd>
        <dt>refresh takes</dt>
        <dd>{usualMs === null ? 'not measured yet' : `${roughly(usualMs)} (p95)`}</dd>
        {model.pace !== null && usualMs !== null && (
          <>
            <dt>pace</dt>
            <dd>{model.pace}</dd>
          </>
        )}
        {running !== null && (
          <>
            <dt>running</dt>
            <dd>
              {running.runner} with {running.effort.workers} workers, since {momentExact(running.startedAtMs)}; has to
              be done by {momentExact(running.endByMs)}
            </dd>
          </>
        )}
        {lease.holder !== null && (
          <>
            <dt>lease</dt>
            <dd>
              {lease.holder}, epoch {lease.epoch}
            </dd>
          </>
        )}
        {model.failures > 0 && (
          <>
            <dt>failures in a row</dt>
            <dd>
              {model.failures}
              {model.lastError === null ? '' : `: ${model.lastError}`}
            </dd>
          </>
        )}
        <dt>set by</dt>
        <dd>{model.setBy ?? 'nobody: it follows the budgets of its consumers'}</dd>
      </dl>
      <Group gap="xs">
        {actions.of(model).map((action) => (
          <Button key={action.id} loading={actions.busy?.endsWith(` ${readModel}`) === true} onClick={action.run}>
            {action.title}
          </Button>
        ))}
        <Button onClick={() => setParams({ tab: 'runs', of: readModel, model: null }, { replace: false })}>
          Its runs
        </Button>
        <Button component="a" href={href(`/read-models/model/${encodeURIComponent(readModel)}`)}>
          The read model
        </Button>
      </Group>
      <ScheduleForm key={JSON.stringify(model.schedule)} serverId={serverId} seen={seen} model={model} />
    </Stack>
  );
}
