import { ActionIcon, SegmentedControl, Tooltip } from '@mantine/core';
import {
  IconChevronLeft,
  IconChevronRight,
  IconFocusCentered,
  IconZoomIn,
  IconZoomOut,
  IconZoomReset,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Zoom } from './use-zoom.ts';
import { ranges, type RangeId } from './view.ts';
import styles from './mornings.module.css';

interface RangeBarProps {
  readonly range: RangeId;
  readonly zoom: Zoom;
  readonly onRange: (range: RangeId) => void;
}

/** How much of history is shown. Zooming stands in the address; a range brings back the moving view. */
export function RangeBar({ range, zoom, onRange }: RangeBarProps): ReactNode {
  const buttons = [
    { label: 'Earlier', icon: IconChevronLeft, run: zoom.earlier, off: false },
    { label: 'Later', icon: IconChevronRight, run: zoom.later, off: !zoom.zoomed },
    { label: 'Zoom in', icon: IconZoomIn, run: zoom.in, off: false },
    { label: 'Zoom out', icon: IconZoomOut, run: zoom.out, off: false },
    { label: 'Zoom to the window', icon: IconFocusCentered, run: zoom.toWindow, off: !zoom.hasWindow },
    { label: 'Back to the range', icon: IconZoomReset, run: zoom.reset, off: !zoom.zoomed },
  ];
  return (
    <div className={styles.rangeBar}>
      <SegmentedControl
        size="xs"
        withItemsBorders={false}
        className={styles.range}
        aria-label="Range of the timeline"
        data={ranges.map(({ id, label }) => ({ value: id, label }))}
        value={zoom.zoomed ? '' : range}
        onChange={(next) => {
          const found = ranges.find(({ id }) => id === next);
          if (found !== undefined) onRange(found.id);
        }}
      />
      <div className={styles.zoom} role="group" aria-label="Zoom">
        {buttons.map(({ label, icon: Icon, run, off }) => (
          <Tooltip key={label} label={label}>
            <ActionIcon variant="subtle" color="gray" aria-label={label} disabled={off} onClick={run}>
              <Icon size={17} aria-hidden />
            </ActionIcon>
          </Tooltip>
        ))}
      </div>
    </div>
  );
}
