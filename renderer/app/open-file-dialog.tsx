import { Button, FileButton, Modal, Portal, TextInput } from '@mantine/core';
import { IconFolderOpen } from '@tabler/icons-react';
import { useEffect, useState, type FormEvent, type ReactNode } from 'react';
import { formatPercent } from '../../shared/format/ratio.ts';
import { useAsked, type Asked } from '../stores/asked.ts';
import { DataTable, type TableColumn } from '../tables/data-table.tsx';
import { FailureNotice } from './failure-notice.tsx';
import { useAction } from './use-action.ts';
import { useFileDrop } from './use-file-drop.ts';
import { useNow } from './use-now.ts';
import styles from './file-dialogs.module.css';

/** A kind of file that opens as a server of its own: a morning, or dashboards. */
export interface FileContent<T> {
  /** What opening one means. */
  readonly meaning: string;
  /** With its dot. */
  readonly extension: string;
  readonly chooseLabel: string;
  readonly listLabel: string;
  /** Those in the profile's folder. */
  readonly list: Asked<Readonly<Record<never, never>>, readonly T[]>;
  readonly columns: (nowMs: number) => readonly TableColumn<T>[];
  /** Of the engine's machine. Throws FailureError. */
  readonly open: (path: string) => Promise<unknown>;
  /** Of this window's machine; `onSent` hears the share that is taken, 0..1. Throws FailureError. */
  readonly openFile: (file: Blob, onSent: (share: number) => void) => Promise<unknown>;
  /** Where the person goes then. */
  readonly onOpened: () => void;
}

interface OpenFileDialogProps<T> {
  readonly opened: boolean;
  readonly title: string;
  /** While a file is held over the window. */
  readonly dropText: string;
  readonly content: FileContent<T>;
  /** A file was dropped onto the window. */
  readonly onOpen: () => void;
  readonly onClose: () => void;
}

/** What somebody sent: a file of this machine, one of the engine's machine by its path, or from the list of this profile. */
export function OpenFileDialog<T extends { readonly file: string }>(props: OpenFileDialogProps<T>): ReactNode {
  const { opened, title, dropText, content, onOpen, onClose } = props;
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
      <Modal opened={opened} onClose={close} size="lg" title={title} closeButtonProps={{ 'aria-label': 'Close' }}>
        <OpenForm content={content} dropped={dropped} onClose={close} />
      </Modal>
      {held && (
        <Portal>
          <div className={styles.dropOverlay}>
            <div>
              <IconFolderOpen size={20} aria-hidden /> {dropText}
            </div>
          </div>
        </Portal>
      )}
    </>
  );
}

/** What is busy while a chosen file is on its way; no path is like it. */
const chosenFile = 'the chosen file';

interface OpenFormProps<T> {
  readonly content: FileContent<T>;
  readonly dropped: File | null;
  readonly onClose: () => void;
}

function OpenForm<T extends { readonly file: string }>({ content, dropped, onClose }: OpenFormProps<T>): ReactNode {
  const [file, setFile] = useState('');
  const list = useAsked(content.list, {});
  const { busy, problem, run } = useAction();
  const nowMs = useNow(60_000);
  const [sent, setSent] = useState<number | null>(null);
  const look = (name: string, opening: () => Promise<unknown>) =>
    void run(name, async () => {
      await opening();
      content.onOpened();
      onClose();
    });
  const open = (path: string) => look(path, () => content.open(path));
  const take = (chosen: File | null) => {
    if (chosen === null) return;
    look(chosenFile, () => content.openFile(chosen, setSent).finally(() => setSent(null)));
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
      <p>{content.meaning}</p>
      <div className={styles.drop}>
        <FileButton accept={content.extension} onChange={take} inputProps={{ 'aria-label': content.chooseLabel }}>
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
          label={content.listLabel}
          columns={content.columns(nowMs)}
          rows={list.value}
          rowKey={({ file: path }) => path}
          onOpen={({ file: path }) => open(path)}
          dense
          {...(list.value.length > 12 ? { height: 360, estimatedRowPx: 46 } : {})}
          empty="None was written here yet."
        />
      )}
    </div>
  );
}
