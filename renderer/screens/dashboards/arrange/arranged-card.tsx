import { ActionIcon, Tooltip } from '@mantine/core';
import { IconCopy, IconGripVertical, IconPencil, IconTrash } from '@tabler/icons-react';
import { memo, type ReactNode } from 'react';
import type { Widget, WidgetData } from '../../../../shared/model/dashboard.ts';
import { WidgetChart } from '../../../charts/widget-chart.tsx';
import styles from './arrange.module.css';

interface ArrangedCardProps {
  readonly widget: Widget;
  readonly data: WidgetData | null;
  readonly onEdit: () => void;
  readonly onDuplicate: () => void;
  readonly onRemove: () => void;
}

/** A widget while it is moved about: what it shows, and what can be done with it. */
export function ArrangedCard({ widget, data, onEdit, onDuplicate, onRemove }: ArrangedCardProps): ReactNode {
  const { title } = widget;
  return (
    <>
      <header className={styles.head}>
        <h2 className={styles.title} data-drag>
          <IconGripVertical size={15} aria-hidden />
          {title}
        </h2>
        <Tool label={`Edit ${title}`} onClick={onEdit}>
          <IconPencil size={15} aria-hidden />
        </Tool>
        <Tool label={`Duplicate ${title}`} onClick={onDuplicate}>
          <IconCopy size={15} aria-hidden />
        </Tool>
        <Tool label={`Remove ${title}`} onClick={onRemove}>
          <IconTrash size={15} aria-hidden />
        </Tool>
      </header>
      <div className={styles.body}>
        {data === null ? <p className="db-dim">No number yet.</p> : <Picture widget={widget} data={data} />}
      </div>
    </>
  );
}

/** Drawn again for other numbers or another size, not for every place that it is dragged over. */
const Picture = memo(WidgetChart);

interface ToolProps {
  readonly label: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

function Tool({ label, onClick, children }: ToolProps): ReactNode {
  return (
    <Tooltip label={label}>
      <ActionIcon size="sm" variant="subtle" color="gray" aria-label={label} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
