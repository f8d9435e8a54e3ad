import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useEffect, useRef, type KeyboardEvent, type ReactNode } from 'react';
import { backToNewest, step, type EarlierResult, type Stepping } from '../../stores/earlier-results.ts';
import styles from './earlier.module.css';

interface EarlierStripProps {
  readonly title: string;
  readonly widget: Stepping;
  readonly earlier: EarlierResult;
}

/** Says that the number below is an earlier one, and which; steps with the buttons or the arrow keys, Escape ends it. */
export function EarlierStrip({ title, widget, earlier }: EarlierStripProps): ReactNode {
  const { results, at } = earlier;
  const group = useRef<HTMLDivElement>(null);
  const last = at >= results.length - 1;
  const version = results[at]?.modelVersion ?? null;
  // Whoever stepped back goes on with the same hand.
  useEffect(() => {
    const card = group.current?.closest('section');
    group.current?.focus();
    return () => void setTimeout(() => card?.querySelector<HTMLElement>('[data-tool="earlier"]')?.focus());
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    const act = {
      ArrowLeft: () => void step(widget, 1),
      ArrowRight: () => void step(widget, -1),
      Escape: () => backToNewest(widget),
    }[event.key];
    if (act === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  return (
    <div
      ref={group}
      className={styles.strip}
      role="group"
      tabIndex={-1}
      aria-label={`Earlier results of ${title}`}
      onKeyDown={onKeyDown}
    >
      <Tooltip label={last ? 'Nothing earlier is saved' : 'One earlier (←)'}>
        <ActionIcon
          size="sm"
          variant="subtle"
          color="gray"
          aria-label={`Earlier result of ${title}`}
          aria-disabled={last}
          data-disabled={last || undefined}
          onClick={() => void step(widget, 1)}
        >
          <IconChevronLeft size={15} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <span role="status" className={styles.word}>
        <strong>Earlier result</strong> {at + 1} of {results.length}
        {version === null ? '' : ` · v${version}`}
      </span>
      <Tooltip label={at === 0 ? 'Back to the newest (→)' : 'One later (→)'}>
        <ActionIcon
          size="sm"
          variant="subtle"
          color="gray"
          aria-label={`Later result of ${title}`}
          onClick={() => void step(widget, -1)}
        >
          <IconChevronRight size={15} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Button size="compact-xs" variant="subtle" onClick={() => backToNewest(widget)}>
        Back to the newest
      </Button>
    </div>
  );
}
