import { Button } from '@mantine/core';
import { useState } from 'react';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import type { Capture } from '../../../shared/model/history-usage.ts';
import { formatBytes } from '../../../shared/format/bytes.ts';
import { Confirm } from '../../app/confirm.tsx';
import { momentExact } from '../../app/moments.ts';
import { navigate } from '../../app/router.ts';
import { CaptureTag, Tag } from '../../app/tag.tsx';
import { removeServer } from '../../stores/connections.ts';
import { useServerSelection } from '../../stores/server-selection.ts';
import styles from './connections.module.css';

interface CaptureItemProps {
  readonly server: ServerSummary;
  readonly capture: Capture;
  readonly selected: boolean;
}

/** Somebody's morning or dashboards out of a file: they can be looked at and closed; there is nothing to connect to. */
export function CaptureItem({ server: { serverId, settings }, capture, selected }: CaptureItemProps) {
  const [removing, setRemoving] = useState(false);
  const isPack = capture.contents === 'dashboards';
  const look = () => {
    useServerSelection.getState().select(serverId);
    if (isPack) navigate('/dashboards');
    else navigate('/mornings', { range: 'all' });
  };
  return (
    <li className={`${styles.server} ${selected ? styles.selected : ''}`} aria-label={settings.label}>
      <div className={styles.serverHead}>
        <CaptureTag isPack={isPack} />
        <h2 className={styles.serverName}>{settings.label}</h2>
        {selected && <Tag>shown in all screens</Tag>}
        <div className={styles.serverButtons}>
          <Button size="compact-sm" onClick={look}>
            Look at it
          </Button>
          <Button size="compact-sm" onClick={() => setRemoving(true)}>
            Close
          </Button>
        </div>
      </div>
      <div className={styles.facts}>
        <span>
          {isPack
            ? `taken ${momentExact(capture.takenAtMs)}`
            : `${momentExact(capture.fromMs)} to ${momentExact(capture.toMs)}`}
        </span>
        <span>{formatBytes(capture.sizeBytes)}</span>
        <span className={styles.mono}>{capture.file}</span>
      </div>
      <Confirm
        opened={removing}
        title={`Close ${settings.label}?`}
        action={isPack ? 'Close the pack' : 'Close the capture'}
        onConfirm={() => removeServer(serverId, settings.label)}
        onClose={() => setRemoving(false)}
      >
        Takes {isPack ? 'the pack' : 'the capture'} off this list. Its file stays, and can be opened again.
      </Confirm>
    </li>
  );
}
