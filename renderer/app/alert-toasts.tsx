import { notifications } from '@mantine/notifications';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useAlertNotice } from '../stores/alert-notices.ts';
import { useExecutive } from '../stores/executive.ts';
import { href } from './router.ts';

/** How long good news and tests stay; what is wrong stays until somebody closes it, or it is over. */
const passesAfterMs = 8_000;

/** Shows what the engine tells this machine. An executive is spared: the numbers say themselves how old they are. */
export function AlertToasts() {
  const notice = useAlertNotice((state) => state.notice);
  const executive = useExecutive();
  useEffect(() => {
    if (notice === null || executive) return;
    const { title, body, over, severity, seq, episodeIds } = notice;
    // What is over takes the notice of its beginning away.
    const about = episodeIds.length === 0 ? `test ${seq}` : episodeIds.join(' ');
    notifications.hide(about);
    notifications.show({
      id: over ? `${about} over` : about,
      title,
      message: (
        <span style={{ whiteSpace: 'pre-line', color: 'var(--db-text-dim)' }}>
          {body} {episodeIds.length > 0 && <a href={href('/alerts')}>Show alerts</a>}
        </span>
      ),
      icon: over ? <IconCircleCheck size={18} aria-hidden /> : <IconAlertTriangle size={18} aria-hidden />,
      color: over ? 'var(--db-good)' : severity === 'critical' ? 'var(--db-danger)' : 'var(--db-warning)',
      autoClose: over || episodeIds.length === 0 ? passesAfterMs : false,
      closeButtonProps: { 'aria-label': 'Close the notice' },
    });
  }, [notice, executive]);
  return null;
}
