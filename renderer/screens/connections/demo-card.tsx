import { Button, Group, NumberInput, Progress, Select } from '@mantine/core';
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { useState } from 'react';
import { demoServerId } from '../../../shared/model/demo-server.ts';
import type { DemoStatus } from '../../../shared/model/demo.ts';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { Card } from '../../app/page.tsx';
import { navigate } from '../../app/router.ts';
import { Notice } from '../../app/notice.tsx';
import { Tag } from '../../app/tag.tsx';
import { useConnections } from '../../stores/connections.ts';
import { closeDemo, openDemo, startLoad, stopLoad, useDemo } from '../../stores/demo.ts';
import styles from './connections.module.css';
import { LoadFigures } from './load-figures.tsx';

/** Sizes by scale: 1 is 600,000 invoices with 1.8 million lines. */
const sizes = [
  { value: '0.02', label: 'Small: 12,000 invoices, opens in seconds' },
  { value: '0.1', label: 'Medium: 60,000 invoices' },
  { value: '0.5', label: 'Large: 300,000 invoices' },
  { value: '1', label: 'Full: 600,000 invoices, about a minute' },
];

/** The bundled ERP on the bundled PostgreSQL: nothing to install, and an eight o'clock that can be switched on. */
export function DemoCard() {
  const { status, problem } = useDemo();
  return (
    <Card title="Demo ERP" {...(status === null ? {} : { aside: <DemoState status={status} /> })}>
      {problem !== null && <FailureNotice problem={problem} />}
      {status?.state === 'failed' && (
        <Notice tone="bad" title="The demo ERP did not open">
          {status.problem}
        </Notice>
      )}
      {(status === null || status.state === 'closed' || status.state === 'failed') && <ClosedDemo />}
      {(status?.state === 'opening' || status?.state === 'closing') && <MovingDemo status={status} />}
      {status?.state === 'open' && <OpenDemo status={status} />}
    </Card>
  );
}

function DemoState({ status }: { readonly status: DemoStatus }) {
  if (status.state === 'open' && status.load !== null) return <Tag tone="accent">eight o’clock load is running</Tag>;
  const tones = { open: 'good', failed: 'bad', closed: 'neutral', opening: 'accent', closing: 'neutral' } as const;
  return <Tag tone={tones[status.state]}>{status.state}</Tag>;
}

/** What was made of its data goes with it, so nothing but a choice changes the size. */
const asItIs = { value: 'as-it-is', label: 'As it is' };
const firstSize = '0.1';

function ClosedDemo() {
  const wasOpened = useConnections(
    ({ servers }) => servers.value?.some(({ serverId }) => serverId === demoServerId) ?? false,
  );
  const [chosen, setChosen] = useState<string | null>(null);
  const size = chosen ?? (wasOpened ? asItIs.value : firstSize);
  return (
    <div className={styles.progress}>
      <span className="db-dim">
        A year of invoices, orders, stock and ledger of an invented company, on a PostgreSQL 18 that comes with
        Daybreak. It runs on this machine only, and stops with Daybreak.
        {wasOpened &&
          ' On another day, or in another size, its data is made anew: dashboards stay, read models and schedules go.'}
      </span>
      <div className={styles.demoRow}>
        <Select
          label="Size"
          data={wasOpened ? [asItIs, ...sizes] : sizes}
          value={size}
          onChange={setChosen}
          allowDeselect={false}
          w={320}
        />
        <Button variant="filled" onClick={() => void openDemo(size === asItIs.value ? undefined : Number(size))}>
          Open the demo ERP
        </Button>
      </div>
    </div>
  );
}

function MovingDemo({ status }: { readonly status: DemoStatus }) {
  const [cancelling, setCancelling] = useState(false);
  const text = status.progress?.text ?? (status.state === 'opening' ? 'Starting …' : 'Stopping …');
  const percent = Math.round((status.progress?.fraction ?? 0) * 100);
  const cancel = async () => {
    setCancelling(true);
    await closeDemo();
    setCancelling(false);
  };
  return (
    <div className={styles.progress}>
      <Group justify="space-between" wrap="nowrap">
        <span role="status">
          {text} {status.progress !== null && `· ${percent} %`}
        </span>
        {status.state === 'opening' && (
          <Button size="compact-sm" loading={cancelling} onClick={() => void cancel()}>
            Cancel
          </Button>
        )}
      </Group>
      <Progress value={percent} animated={status.progress === null} aria-label="Opening the demo ERP" />
    </div>
  );
}

function OpenDemo({ status }: { readonly status: DemoStatus }) {
  const [rate, setRate] = useState<number | string>(40);
  const [managers, setManagers] = useState<number | string>(8);
  const [busy, setBusy] = useState(false);
  const run = async (action: () => Promise<void>) => {
    setBusy(true);
    await action();
    setBusy(false);
  };
  return (
    <>
      {status.problem !== null && (
        <Notice tone="warning" title="The load ended early">
          {status.problem}
        </Notice>
      )}
      <div className={`${styles.demoRow} ${status.load === null ? '' : styles.centred}`}>
        {status.load === null ? (
          <>
            <NumberInput label="Invoices a second" value={rate} onChange={setRate} min={1} max={1000} w={140} />
            <NumberInput label="Managers" value={managers} onChange={setManagers} min={0} max={64} w={120} />
            <Button
              variant="filled"
              loading={busy}
              leftSection={<IconPlayerPlay size={16} aria-hidden />}
              onClick={() => void run(() => startLoad(Number(rate) || 40, Number(managers)))}
            >
              Start the eight o’clock load
            </Button>
          </>
        ) : (
          <>
            <span>
              {status.load.ratePerSecond} invoices a second, {status.load.managers} managers with the executive
              dashboard
            </span>
            <Button
              loading={busy}
              leftSection={<IconPlayerStop size={16} aria-hidden />}
              onClick={() => void run(stopLoad)}
            >
              Stop the load
            </Button>
            <Button onClick={() => navigate('/mornings')}>Look at Mornings</Button>
          </>
        )}
        <Button className={styles.push} loading={busy} onClick={() => void run(closeDemo)}>
          Close the demo
        </Button>
      </div>
      {status.load !== null && <LoadFigures report={status.current} />}
    </>
  );
}
