import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useRef, useState, type FormEvent, type ReactNode } from 'react';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { problemOf, type Problem } from '../../stores/failure-error.ts';

interface TitleDialogProps {
  readonly opened: boolean;
  readonly heading: string;
  readonly initial: string;
  readonly action: string;
  readonly onSave: (title: string) => Promise<void>;
  readonly onClose: () => void;
}

/** Asks for the title of a dashboard. Stays open with what the engine says where it refuses. */
export function TitleDialog({ opened, heading, onClose, ...form }: TitleDialogProps): ReactNode {
  return (
    <Modal opened={opened} onClose={onClose} title={heading} closeButtonProps={{ 'aria-label': 'Close' }}>
      <TitleForm {...form} onClose={onClose} />
    </Modal>
  );
}

/** A component of its own: the modal unmounts it, so each opening begins anew. */
function TitleForm({ initial, action, onSave, onClose }: Omit<TitleDialogProps, 'opened' | 'heading'>): ReactNode {
  const [title, setTitle] = useState(initial);
  const [busy, setBusy] = useState(false);
  /** At once, while `busy` waits to be drawn: a second Enter may come before. */
  const saving = useRef(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (saving.current) return;
    saving.current = true;
    setBusy(true);
    setProblem(null);
    try {
      await onSave(title);
      onClose();
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      saving.current = false;
      setBusy(false);
    }
  };

  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack gap="sm">
        <TextInput
          label="Title"
          value={title}
          onChange={({ currentTarget: { value } }) => setTitle(value)}
          data-autofocus
        />
        {problem !== null && <FailureNotice problem={problem} />}
        <Group justify="flex-end">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" loading={busy} disabled={title.trim() === ''}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
