import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import { FailureNotice } from './failure-notice.tsx';
import { useAction } from './use-action.ts';

interface PauseDialogProps {
  /** null: closed. */
  readonly readModel: string | null;
  readonly onPause: (readModel: string, why: string) => Promise<void>;
  readonly onClose: () => void;
}

/** Why a read model is paused: whoever meets old numbers later reads it. */
export function PauseDialog({ readModel, onPause, onClose }: PauseDialogProps): ReactNode {
  return (
    <Modal
      opened={readModel !== null}
      onClose={onClose}
      title={`Pause ${readModel ?? ''}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {readModel !== null && <PauseForm readModel={readModel} onPause={onPause} onClose={onClose} />}
    </Modal>
  );
}

function PauseForm({ readModel, onPause, onClose }: PauseDialogProps & { readonly readModel: string }): ReactNode {
  const [why, setWhy] = useState('');
  const { busy, problem, run } = useAction();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run('pause', () => onPause(readModel, why.trim()));
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          label="Why"
          placeholder="until the stock count is over"
          description="Nothing refreshes it until somebody resumes it; by hand it still can be."
          value={why}
          onChange={(event) => setWhy(event.currentTarget.value)}
          data-autofocus
        />
        {problem !== null && <FailureNotice problem={problem} />}
        <Group justify="flex-end">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" loading={busy !== null}>
            Pause it
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
