import { Button, FileButton, Modal, Portal, TextInput } from '@mantine/core';
import { IconFolderOpen } from '@tabler/icons-react';
import { useEffect, useState, type FormEvent, type ReactNode } from 'react';
import { formatBytes } from '../../../../shared/format/bytes.ts';
import { formatPercent } from '../../../../shared/format/ratio.ts';
import type { Capture } from '../../../../shared/model/history-usage.ts';
import { FailureNotice } from '../../../app/failure-notice.tsx';
import { momentText } from '../../../app/moments.ts';
import { navigate } from '../../../app/router.ts';
import { useFileDrop } from '../../../app/use-file-drop.ts';
import { useNow } from '../../../app/use-now.ts';
import { useAsked } from '../../../stores/asked.ts';
import { captures, openCapture, openCaptureFile } from '../../../stores/captures.ts';
import { DataTable, type TableColumn } from '../../../tables/data-table.tsx';
import { useAction } from '../use-action.ts';
import styles from './history.module.css';

interface OpenCaptureDialogProps {
  readonly opened: boolean;
  /** A file was dropped onto the window. */
  readonly onOpen: () => void;
  readonly onClose: () => void;
}

/** Somebody's morning: a file of this machine, one of the engine's machine by its path, or from the list of this profile. */
export function OpenCaptureDialog({ opened, onOpen, onClose }: OpenCaptureDialogProps): ReactNode {
  const [dropped, setDropped] = useState<File | null>(null);
  const held = useFileDrop((file) => {
    setDropped(file);
    onOpen();
  });
  const close = () => {
    setDropped(null);
    onClose();
  };
  return (
    <>
      <Modal
        opened={opened}
        onClose={close}
        size="lg"
        title="Open a morning"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <OpenForm dropped={dropped} onClose={close} />
      </Modal>
      {held && (
        <Portal>
          <div className={styles.dropOverlay}>
            <div>
              <IconFolderOpen size={20} aria-hidden /> Drop a morning to open it
            </div>
          </div>
        </Portal>
      )}
    </>
  );
}

/** What is busy while a chosen file is on its way; no path is like it. */
const chosenFile = 'the chosen file';

interface OpenFormProps {
  readonly dropped: File | null;
  readonly onClose: () => void;
}

function OpenForm({ dropped, onClose }: OpenFormProps): ReactNode {
  const [file, setFile] = useState('');
  const list = useAsked(captures, {});
  const { busy, problem, run } = useAction();
  const nowMs = useNow(60_000);
  const [sent, setSent] = useState<number | null>(null);
  const look = (name: string, opening: () => Promise<Capture>) =>
    void run(name, async () => {
      await opening();
      // Another server is looked at now: windows and filters in the address were about the last one.
      navigate('/mornings', { range: 'all' });
      onClose();
    });
  const open = (path: string) => look(path, () => openCapture(path));
  const take = (chosen: File | null) => {
    if (chosen === null) return;
    look(chosenFile, () => openCaptureFile(chosen, setSent).finally(() => setSent(null)));
  };
  useEffect(() => {
    if (busy === null) take(dropped);
  }, [dropped]); // oxlint-disable-line react/exhaustive-deps -- each dropped file is taken once
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (file.trim() !== '') open(file.trim());
  };
  return (
    <div className={styles.body}>
      <p>
        A capture opens as a server of its own, marked as one. It needs no connection, and everything that reads history
        works on it.
      </p>
      <div className={styles.drop}>
        <FileButton accept=".daybreak" onChange={take} inputProps={{ 'aria-label': 'Morning to open' }}>
          {(button) => (
            <Button
              {...button}
              variant="filled"
              leftSection={<IconFolderOpen size={15} aria-hidden />}
              loading={busy === chosenFile}
              data-autofocus
            >
              Choose a file
            </Button>
          )}
        </FileButton>
        <span className="db-dim" role="status">
          {sent === null ? 'or drop it onto the window' : `${formatPercent(sent)} taken`}
        </span>
      </div>
      <form onSubmit={submit} className={styles.openForm}>
        <TextInput
          label="Or its path"
          description="On the machine on which Daybreak’s engine runs"
          value={file}
          onChange={(event) => setFile(event.currentTarget.value)}
          spellCheck={false}
        />
        <Button type="submit" disabled={file.trim() === ''} loading={busy === file.trim()}>
          Open
        </Button>
      </form>
      {problem !== null && <FailureNotice problem={problem} />}
      {list.problem !== null && <FailureNotice problem={list.problem} onRetry={list.reload} />}
      {list.value !== null && (
        <DataTable
          label="Captures of this profile"
          columns={captureColumns(nowMs)}
          rows={list.value}
          rowKey={(capture) => capture.file}
          onOpen={(capture) => open(capture.file)}
          dense
          {...(list.value.length > 12 ? { height: 360, estimatedRowPx: 46 } : {})}
          empty="None was written here yet."
        />
      )}
    </div>
  );
}

const captureColumns = (nowMs: number): readonly TableColumn<Capture>[] => [
  {
    id: 'label',
    header: 'morning',
    width: 'minmax(180px, 3fr)',
    cell: ({ label, file }) => <span title={file}>{label}</span>,
    sortValue: ({ label }) => label,
  },
  {
    id: 'from',
    header: 'from',
    width: '130px',
    cell: ({ fromMs }) => momentText(fromMs, nowMs),
    sortValue: ({ fromMs }) => fromMs,
  },
  { id: 'to', header: 'to', width: '130px', cell: ({ toMs }) => momentText(toMs, nowMs) },
  { id: 'size', header: 'size', align: 'right', width: '80px', cell: ({ sizeBytes }) => formatBytes(sizeBytes) },
];
