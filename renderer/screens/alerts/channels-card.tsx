import { Button } from '@mantine/core';
import { IconDeviceDesktop, IconMail, IconWebhook } from '@tabler/icons-react';
import { useState } from 'react';
import { desktopChannelId, type Channel, type ChannelState } from '../../../shared/model/alert-channel.ts';
import { Confirm } from '../../app/confirm.tsx';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { momentText } from '../../app/moments.ts';
import { Card } from '../../app/page.tsx';
import { Tag } from '../../app/tag.tsx';
import { useAction } from '../../app/use-action.ts';
import { alertChannels, removeChannel, testChannel } from '../../stores/alerts.ts';
import { useAsked } from '../../stores/asked.ts';
import styles from './alerts.module.css';
import { channelKindWords } from './words.ts';

interface ChannelsCardProps {
  readonly nowMs: number;
  readonly onEdit: (channel: Channel | 'new email' | 'new webhook') => void;
}

/** Where messages go: this machine, mailboxes, webhooks. */
export function ChannelsCard({ nowMs, onEdit }: ChannelsCardProps) {
  const answer = useAsked(alertChannels, {});
  return (
    <Card title="Where messages go" aside="from all servers">
      {answer.problem !== null && <FailureNotice problem={answer.problem} onRetry={answer.reload} />}
      {answer.value === null && answer.loading && <p className="db-dim">Loading channels …</p>}
      <ul className={styles.channels}>
        {answer.value?.map((channel) => (
          <ChannelItem key={channel.channelId} channel={channel} nowMs={nowMs} onEdit={() => onEdit(channel)} />
        ))}
      </ul>
      <div className={styles.add}>
        <Button size="compact-sm" onClick={() => onEdit('new email')}>
          Add e-mail …
        </Button>
        <Button size="compact-sm" onClick={() => onEdit('new webhook')}>
          Add a webhook …
        </Button>
      </div>
    </Card>
  );
}

const icons = { desktop: IconDeviceDesktop, email: IconMail, webhook: IconWebhook } as const;

interface ChannelItemProps {
  readonly channel: ChannelState;
  readonly nowMs: number;
  readonly onEdit: () => void;
}

function ChannelItem({ channel, nowMs, onEdit }: ChannelItemProps) {
  const { channelId, label, target, enabled, quietUntilMs } = channel;
  const { busy, problem, run } = useAction();
  const [details, setDetails] = useState<readonly string[]>([]);
  const [removing, setRemoving] = useState(false);
  const Icon = icons[target.kind];
  const test = () =>
    void run('test', async () => {
      setDetails([]);
      setDetails(await testChannel(channelId));
    });
  return (
    <li className={styles.channel} aria-label={label}>
      <div className={styles.channelHead}>
        <Icon size={16} aria-hidden />
        <strong>{label}</strong>
        {!enabled && <Tag>switched off</Tag>}
        {enabled && quietUntilMs !== null && <Tag>quiet until {momentText(quietUntilMs, nowMs)}</Tag>}
      </div>
      <div className={styles.address}>{addressText(channel)}</div>
      {channel.problem !== null && <div className={styles.warning}>{channel.problem}</div>}
      <div className={styles.buttons}>
        <Button size="compact-sm" onClick={onEdit} aria-label={`Edit ${label}`}>
          Edit
        </Button>
        <Button size="compact-sm" loading={busy === 'test'} onClick={test} aria-label={`Send a test over ${label}`}>
          Send a test
        </Button>
        {channelId !== desktopChannelId && (
          <Button size="compact-sm" onClick={() => setRemoving(true)} aria-label={`Remove ${label}`}>
            Remove …
          </Button>
        )}
      </div>
      {details.length > 0 && (
        <div role="status" className={styles.good}>
          {details.join('; ')}
        </div>
      )}
      {problem !== null && <FailureNotice problem={problem} onRetry={test} />}
      <Confirm
        opened={removing}
        title={`Remove ${label}?`}
        action="Remove"
        danger
        typed={label}
        onConfirm={(typed) => removeChannel(channelId, typed)}
        onClose={() => setRemoving(false)}
      >
        Nothing is sent there any more. What was sent stays in the history.
      </Confirm>
    </li>
  );
}

function addressText({ target }: ChannelState): string {
  switch (target.kind) {
    case 'desktop':
      return 'notifications of this machine, and in every open window';
    case 'email':
      return `${channelKindWords.email} to ${target.to.join(', ')}`;
    case 'webhook':
      return `signed POST to ${new URL(target.url).host}`;
  }
}
