import { Button, Group, Modal, Select, Stack } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { ServerSummary } from '../../../../shared/model/connection.ts';
import { EnvironmentTag } from '../../../app/tag.tsx';

interface AnalyzeDialogProps {
  readonly opened: boolean;
  readonly server: ServerSummary;
  readonly onClose: () => void;
  readonly onRun: (timeoutMs: number) => void;
}

const timeouts = [
  { value: '5000', label: '5 seconds' },
  { value: '30000', label: '30 seconds' },
  { value: '120000', label: '2 minutes' },
  { value: '600000', label: '10 minutes' },
];

/** ANALYZE is the only thing here that makes the server work: it says what it does before it is run. */
export function AnalyzeDialog({ opened, server, onClose, onRun }: AnalyzeDialogProps): ReactNode {
  const [timeoutMs, setTimeoutMs] = useState('30000');
  const { label, environment } = server.settings;
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Run the statement with ANALYZE?"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack gap="sm">
        <div>
          <EnvironmentTag environment={environment} /> <strong>{label}</strong>
        </div>
        <div>
          EXPLAIN ANALYZE <strong>really runs the statement</strong> on this server, with all the load that it makes. It
          runs inside a transaction that is rolled back, so that nothing it writes stays; the locks that it takes are
          held until then, and sequences stay advanced.
        </div>
        {environment === 'production' && (
          <div>
            This is production: people are working on it. Explain without ANALYZE runs nothing and is often enough.
          </div>
        )}
        <Select
          label="Give up after"
          data={timeouts}
          value={timeoutMs}
          allowDeselect={false}
          onChange={(value) => value !== null && setTimeoutMs(value)}
        />
        <Group justify="flex-end">
          <Button onClick={onClose} data-autofocus>
            Do not run it
          </Button>
          <Button variant="filled" onClick={() => onRun(Number(timeoutMs))}>
            Run it on {label}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
