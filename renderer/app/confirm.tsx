import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { type Problem, problemOf } from '../stores/failure-error.ts';
import { FailureNotice } from './failure-notice.tsx';

interface ConfirmProps {
  readonly opened: boolean;
  readonly title: string;
  readonly children: ReactNode;
  /** What has to be typed before the button works; left out: a plain question. */
  readonly typed?: string;
  readonly action: string;
  readonly danger?: boolean;
  /** Runs the action; the dialog stays open with the failure when it throws. Gets what was typed. */
  readonly onConfirm: (typed: string) => Promise<void>;
  readonly onClose: () => void;
}

/** Asks before something that matters; a destructive one wants its object's name typed. */
export function Confirm(props: ConfirmProps) {
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={props.title}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <ConfirmForm {...props} />
    </Modal>
  );
}

/** A component of its own: the modal unmounts it, so each opening starts empty. */
function ConfirmForm({ children, typed, action, danger = false, onConfirm, onClose }: ConfirmProps) {
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await onConfirm(text);
      onClose();
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack gap="sm">
        <Text component="div" size="sm">
          {children}
        </Text>
        {typed !== undefined && (
          <TextInput
            label={
              <>
                Type <strong>{typed}</strong> to confirm
              </>
            }
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
            data-autofocus
          />
        )}
        {problem !== null && <FailureNotice problem={problem} />}
        <Group justify="flex-end">
          <Button onClick={onClose}>Keep it</Button>
          <Button
            type="submit"
            variant="filled"
            {...(danger ? { color: 'var(--db-danger)' } : {})}
            loading={busy}
            disabled={typed !== undefined && text !== typed}
          >
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
