import { Button } from '@mantine/core';
import { IconCircleCheck, IconEye } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { desktopChannel, type Channel } from '../../../shared/model/alert-channel.ts';
import { episodeTitle } from '../../../shared/model/alert-episode.ts';
import type { AlertList } from '../../../shared/model/alerts.ts';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { momentText } from '../../app/moments.ts';
import { NeedsServer } from '../../app/needs-server.tsx';
import { Notice } from '../../app/notice.tsx';
import { Card, Page } from '../../app/page.tsx';
import { Tag } from '../../app/tag.tsx';
import { UpdateRegistry } from '../../app/update-registry.tsx';
import { useAction } from '../../app/use-action.ts';
import { useNow } from '../../app/use-now.ts';
import { useCommands } from '../../commands/use-commands.ts';
import { alertList, watchAlertChannels, watchAlertList, watchNow } from '../../stores/alerts.ts';
import { useAsked } from '../../stores/asked.ts';
import { markAlertsSeen } from '../../stores/seen-alerts.ts';
import styles from './alerts.module.css';
import { ChannelDrawer } from './channel-drawer.tsx';
import { ChannelsCard } from './channels-card.tsx';
import { newChannel } from './channel-form-model.ts';
import { EpisodeDrawer } from './episode-drawer.tsx';
import { EpisodeTable } from './episode-table.tsx';

export default function AlertsScreen() {
  return <NeedsServer title="Alerts">{(server) => <Alerts key={server.serverId} server={server} />}</NeedsServer>;
}

/** What is wrong for as long as it lasts, who was told, and where messages go. */
function Alerts({ server }: { readonly server: ServerSummary }) {
  const { serverId, settings, capture } = server;
  const answer = useAsked(alertList, { serverId });
  const [openId, setOpenId] = useState<string | null>(null);
  const [editing, setEditing] = useState<Channel | 'new email' | 'new webhook' | null>(null);
  const { busy, problem, run } = useAction();
  const nowMs = useNow(15_000);
  useEffect(() => watchAlertList(serverId), [serverId]);
  useEffect(() => watchAlertChannels(), []);

  const list = answer.value;
  useEffect(() => {
    if (list === null) return;
    const seen = () => markAlertsSeen(serverId, list.open);
    seen();
    document.addEventListener('visibilitychange', seen);
    return () => document.removeEventListener('visibilitychange', seen);
  }, [serverId, list]);
  const all = list === null ? [] : [...list.open, ...list.recent];
  const shown = all.find(({ episodeId }) => episodeId === openId) ?? null;
  const look = () => void run('look', () => watchNow(serverId));
  useCommands('alerts', [
    { id: 'look', title: 'Look for trouble now', group: 'Alerts', run: look },
    { id: 'add-email', title: 'Send alerts by e-mail', group: 'Alerts', run: () => setEditing('new email') },
    { id: 'add-webhook', title: 'Send alerts to a webhook', group: 'Alerts', run: () => setEditing('new webhook') },
    {
      id: 'desktop',
      title: 'Alerts on this machine: on, off, quiet hours',
      group: 'Alerts',
      run: () => setEditing(desktopChannel),
    },
    ...(list?.open ?? []).map((episode) => ({
      id: `show-${episode.episodeId}`,
      title: `Show: ${episodeTitle(episode)}`,
      group: 'Alerts',
      run: () => setOpenId(episode.episodeId),
    })),
  ]);

  return (
    <Page
      title="Alerts"
      lede="One message when something goes wrong and one when it is over, whoever else watches the same server."
      tags={list !== null && <Tag tone={toneOf(list)}>{openText(list)}</Tag>}
      actions={
        <>
          {list?.watchedAtMs != null && (
            <span className="db-dim" style={{ alignSelf: 'center' }}>
              last look {momentText(list.watchedAtMs, nowMs)}
            </span>
          )}
          <Button
            leftSection={<IconEye size={16} aria-hidden />}
            loading={busy === 'look'}
            disabled={capture !== null}
            onClick={look}
          >
            Look now
          </Button>
        </>
      }
    >
      {problem !== null && <FailureNotice problem={problem} />}
      {answer.problem !== null && <FailureNotice problem={answer.problem} onRetry={answer.reload} />}
      {list?.notes.map((note) => (
        <Notice
          key={note}
          title="What stands here may not be all"
          {...(list.registryIsOlder ? { buttons: <UpdateRegistry serverId={serverId} /> } : {})}
        >
          {note}
        </Notice>
      ))}
      <div className={styles.columns}>
        <div className={styles.main}>
          <Card title="Open now">
            {list === null && <NotRead loading={answer.loading} />}
            {list !== null && list.open.length === 0 && <Calm label={settings.label} list={list} />}
            {list !== null && list.open.length > 0 && (
              <EpisodeTable
                label="Open alerts"
                episodes={list.open}
                nowMs={nowMs}
                selectedId={openId}
                onOpen={setOpenId}
              />
            )}
          </Card>
          <Card title="Over, in the last week">
            {list === null && <NotRead loading={answer.loading} />}
            {list !== null && list.recent.length === 0 && (
              <p className={`db-dim ${styles.word}`}>Nothing came to an end in the last week.</p>
            )}
            {list !== null && list.recent.length > 0 && (
              <EpisodeTable
                label="Alerts that are over"
                over
                episodes={list.recent}
                nowMs={nowMs}
                selectedId={openId}
                onOpen={setOpenId}
              />
            )}
          </Card>
        </div>
        <ChannelsCard nowMs={nowMs} onEdit={setEditing} />
      </div>
      <EpisodeDrawer episode={shown} nowMs={nowMs} onClose={() => setOpenId(null)} />
      <ChannelDrawer
        channel={typeof editing === 'string' ? newChannel(editing === 'new email' ? 'email' : 'webhook') : editing}
        isNew={typeof editing === 'string'}
        onClose={() => setEditing(null)}
      />
    </Page>
  );
}

/** Who cannot look does not know that nothing is wrong. */
const toneOf = ({ open, isUpToDate }: AlertList) => (open.length > 0 ? 'warning' : isUpToDate ? 'good' : 'neutral');

const NotRead = ({ loading }: { readonly loading: boolean }) => (
  <p className={`db-dim ${styles.word}`}>{loading ? 'Loading alerts …' : 'Not known: the alerts could not be read.'}</p>
);

const openText = ({ open, isUpToDate }: AlertList): string =>
  open.length === 0 ? (isUpToDate ? 'nothing open' : 'nothing known') : `${open.length} open`;

function Calm({ label, list }: { readonly label: string; readonly list: AlertList }) {
  const { isUpToDate, watchedAtMs, notes } = list;
  const unknown =
    watchedAtMs === null && notes.length === 0
      ? `Nothing is known to be wrong on ${label}. It is looked at every minute while it is connected.`
      : `Nothing is known to be wrong on ${label}, and nobody can tell just now.`;
  return (
    <div className={styles.calm}>
      {isUpToDate && <IconCircleCheck size={20} aria-hidden />}
      <span>{isUpToDate ? `Nothing is wrong on ${label}: every read model is within its budget.` : unknown}</span>
    </div>
  );
}
