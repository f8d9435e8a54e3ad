import { IconArrowsDiff } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Widget } from '../../../../shared/model/dashboard.ts';
import { IconTool } from '../widget-card.tsx';

interface CompareToolProps {
  readonly widget: Widget;
  readonly online: boolean;
  readonly onCompare: () => void;
}

/** On the card of a widget that reads a read model; says why where it cannot be compared. */
export function CompareTool({ widget, online, onCompare }: CompareToolProps): ReactNode {
  if (widget.source.kind === 'live') return null;
  const without = widget.liveSql === undefined;
  const label = without
    ? 'It was made from its read model: there is no query over base tables to compare with'
    : online
      ? `Compare ${widget.title} with live now`
      : 'The database is out of reach: there is nothing live to compare with';
  return (
    <IconTool label={label} onClick={onCompare} disabled={!online || without}>
      <IconArrowsDiff size={15} aria-hidden />
    </IconTool>
  );
}
