import type { ReactNode } from 'react';
import { formatBytes } from '../../../../shared/format/bytes.ts';
import type { Capture } from '../../../../shared/model/history-usage.ts';
import { momentText } from '../../../app/moments.ts';
import { OpenFileDialog, type FileContent } from '../../../app/open-file-dialog.tsx';
import { navigate } from '../../../app/router.ts';
import { captures, openCapture, openCaptureFile } from '../../../stores/captures.ts';
import type { TableColumn } from '../../../tables/data-table.tsx';

interface OpenCaptureDialogProps {
  readonly opened: boolean;
  /** A file was dropped onto the window. */
  readonly onOpen: () => void;
  readonly onClose: () => void;
}

/** Somebody's morning. */
export function OpenCaptureDialog(props: OpenCaptureDialogProps): ReactNode {
  return <OpenFileDialog {...props} title="Open a morning" dropText="Drop a morning to open it" content={morning} />;
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

const morning: FileContent<Capture> = {
  meaning:
    'A capture opens as a server of its own, marked as one. It needs no connection, and everything that reads history works on it.',
  extension: '.daybreak',
  chooseLabel: 'Morning to open',
  listLabel: 'Captures of this profile',
  list: captures,
  columns: captureColumns,
  open: openCapture,
  openFile: openCaptureFile,
  // Another server is looked at now: windows and filters in the address were about the last one.
  onOpened: () => navigate('/mornings', { range: 'all' }),
};
