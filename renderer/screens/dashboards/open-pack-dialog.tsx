import type { ReactNode } from 'react';
import { formatBytes } from '../../../shared/format/bytes.ts';
import type { DashboardPack } from '../../../shared/model/dashboard-pack.ts';
import { momentText } from '../../app/moments.ts';
import { OpenFileDialog, type FileContent } from '../../app/open-file-dialog.tsx';
import { navigate } from '../../app/router.ts';
import { openPack, openPackFile, packs } from '../../stores/packs.ts';
import type { TableColumn } from '../../tables/data-table.tsx';

interface OpenPackDialogProps {
  readonly opened: boolean;
  /** A file was dropped onto the window. */
  readonly onOpen: () => void;
  readonly onClose: () => void;
}

/** Dashboards that somebody sent. */
export function OpenPackDialog(props: OpenPackDialogProps): ReactNode {
  return (
    <OpenFileDialog
      {...props}
      title="Open dashboards from a file"
      dropText="Drop dashboards to open them"
      content={dashboards}
    />
  );
}

const packColumns = (nowMs: number): readonly TableColumn<DashboardPack>[] => [
  {
    id: 'label',
    header: 'dashboards of',
    width: 'minmax(180px, 3fr)',
    cell: ({ label, file }) => <span title={file}>{label}</span>,
    sortValue: ({ label }) => label,
  },
  {
    id: 'taken',
    header: 'taken',
    width: '140px',
    cell: ({ takenAtMs }) => momentText(takenAtMs, nowMs),
    sortValue: ({ takenAtMs }) => takenAtMs,
  },
  { id: 'results', header: 'results', align: 'right', width: '80px', cell: ({ results }) => results },
  { id: 'size', header: 'size', align: 'right', width: '80px', cell: ({ sizeBytes }) => formatBytes(sizeBytes) },
];

const dashboards: FileContent<DashboardPack> = {
  meaning:
    'A pack opens as a server of its own, marked as one. It needs no connection: its numbers are those that were saved when it was taken, and say how old they are.',
  extension: '.daybreak-pack',
  chooseLabel: 'Dashboards to open',
  listLabel: 'Packs of this profile',
  list: packs,
  columns: packColumns,
  open: openPack,
  openFile: openPackFile,
  onOpened: () => navigate('/dashboards'),
};
